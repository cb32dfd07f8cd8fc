import { idea, noisy, paidFor, paying, payOf, outcomes } from './support.ts';
import { tell } from '../support/history.ts';
let t=performance.now();
const one = (k:number)=>tell([idea('A','x',{gain:100_000,recipeGain:20_000, also:noisy(`one ${k}`)})],{policy:paying});
const b = one(1);
console.log(b.events.length, performance.now()-t, payOf(b));
for (const n of [30,50]) {
 t=performance.now();
 const b2 = tell(Array.from({length:n},(_,i)=>idea(`H${i}`,`x${i}`,{kind:'architecture_only',gain:100_000, also:noisy(`many ${i}`)})),{policy:paying});
 console.log(n,b2.events.length, performance.now()-t); console.log(payOf(b2));
}
t=performance.now();
const b3 = tell(Array.from({length:50},(_,i)=>idea(`H${i}`,`x`,{gain:100_000,recipeGain:20_000, also:noisy(`same ${i}`)})),{policy:paying});
console.log(b3.events.length, performance.now()-t, payOf(b3), outcomes(b3,'ArchitectureClaimDecided').length);
