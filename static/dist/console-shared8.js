import{build_b07a27a78233}from"./console.js";
function l({sites:p,roster:r,myId:t}){let a=new Map(p.value.flatMap(({key:o})=>r.of(o).map(e=>[e.id,e])));return a.delete(t.value),[...a.values()].sort((o,e)=>o.name.localeCompare(e.name))}export{l as a};
