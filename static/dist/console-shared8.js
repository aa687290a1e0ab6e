import{build_cb3ce10bc7ba}from"./console.js";
import{C as r}from"./console.js";function s({sites:t,roster:a,myId:l}){let o=new Map(t.value.flatMap(({key:e})=>a.of(e).map(p=>[p.id,p])));return o.delete(l.value),r([...o.values()],({name:e})=>e)}export{s as a};
