/** Every hostile and every honest project on the real judge. */
import { HONEST } from './honest/index.ts';
import { HOSTILE } from './hostile/index.ts';
import { describeHonest, describeHostile, describeUnchecked, leavesNoContainer } from './suite.ts';

for (const [group, cases] of Object.entries(HOSTILE)) describeHostile(group, cases);
for (const [group, cases] of Object.entries(HONEST)) describeHonest(group, cases);
describeUnchecked('would gain if nothing were repeated', Object.values(HOSTILE).flat());
leavesNoContainer();
