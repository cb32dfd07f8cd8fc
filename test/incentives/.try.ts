import { Family, normals, wilson } from './luck-simulation.ts';

const F = 3900,
  S = 3877;
const base = {
  familyAlphaPpm: 10000,
  challengerAlphaPpm: 10000,
  powerMissPpm: 100000,
  minimumRuns: 4,
  maximumRuns: 64,
  minimumEffectMicrobits: 2000,
  minimumEffectPpm: 0,
  detectMicrobits: 7200,
  deviationFloorMicrobits: F,
  deviationFloorDegrees: 40,
  screeningMilliZ: 0,
};
const [d0, families, K, ...rs] = process.argv.slice(2).map(Number);
const rules = { ...base, deviationFloorDegrees: d0 };
for (const r of rs) {
  const t = performance.now();
  const normal = normals(7);
  let f = 0,
    found = 0,
    tries = 0,
    n = 0,
    conf = 0;
  for (let i = 0; i < families; i++) {
    const fam = new Family(rules, normal, S);
    let bad = false;
    for (let c = 0; c < K; c++) {
      const j = fam.challenge({ gain: 0, deviation: S * r });
      if (j?.proven) {
        bad = true;
      }
    }
    if (bad) f++;
    conf += fam.confirmations;
    for (let q = 0; q < 5; q++) {
      tries++;
      const j = fam.challenge({ gain: 7213, deviation: S }, 1, false);
      if (j) {
        n += j.n;
        if (j.proven) found++;
      }
    }
  }
  const w = wilson(f, families),
    p = wilson(found, tries);
  console.log(
    `d0=${d0} K=${K} r=${r} false ${w.share.toFixed(4)} [${w.lower.toFixed(4)},${w.upper.toFixed(4)}] power ${p.share.toFixed(4)} [${p.lower.toFixed(4)}] n ${(n / tries).toFixed(1)} conf ${conf / families} ${((performance.now() - t) / 1000).toFixed(1)}s`,
  );
}
