import{build_cb3ce10bc7ba}from"./console.js";
var d=class{all=new Map;get(e){return this.all.get(e)}keep(e,t,n){this.all.set(e,{typed:t,of:n})}move(e,t){let n=this.all.get(e);this.all.delete(e),n&&this.all.set(t,n)}drop(...e){for(let t of e)this.all.delete(t)}};function r(i,e){return i!==void 0&&i.of?.at!==e?.at}export{d as a,r as b};
