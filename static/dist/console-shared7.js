import{build_773cd7fc3c31}from"./console.js";
var r=class{all=new Map;get(t,e){let n=this.all.get(t);return n&&n.of!==l(e)&&this.all.delete(t),this.all.get(t)?.typed}keep(t,e,n){this.all.set(t,{typed:e,of:l(n)})}drop(...t){for(let e of t)this.all.delete(e)}};function l(i){return JSON.stringify(i)??""}export{r as a};
