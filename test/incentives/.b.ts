import { normals } from './luck-simulation.ts';
import { studentQuantileMilli as q } from '../../domain/ownership/luck/quantile.ts';
const F=3900,S=3877,g=normals(3);
for (const [k,n] of [[10,8],[100,11],[500,13],[500,14],[1000,14],[1000,15]] as const){const a=Math.floor(1e10/(k*(k+1)));const v=n-1,T=q(a,400)/1000,To=q(a,v)/1000;
 const N=60000;const out:Record<string,number>={};
 for(let i=0;i<N;i++){let m=0,qq=0;const x=Array.from({length:n},()=>{const y=7213+S*g();m+=y;return y});m/=n;for(const y of x)qq+=(y-m)**2;const s=Math.sqrt(qq/v);
  for(const [name,ex,sh] of [['none',1e9,0],['f12',12,0],['f12s1',12,1-1/v],['f12s',12,1-.5/Math.sqrt(v)],['f12s2',12,1-2/v],['f12sq',12,1-1/Math.sqrt(2*v)],['f16s1',16,1-1/v],['f16sq',16,1-1/Math.sqrt(2*v)]] as const){
   const dev=qq>F*F*(v+ex)?s*To/T:Math.max(F,s*sh); if(m>T*dev/Math.sqrt(n)) out[name]=(out[name]??0)+1/N}}
 console.log(k,n,T,To,Object.entries(out).map(([a,b])=>a+' '+b.toFixed(4)).join('  '))}
