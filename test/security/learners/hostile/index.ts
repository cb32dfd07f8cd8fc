/** All hostile projects, by what they attack. */
import type { HostileCase } from '../case.ts';
import { adapting } from './adapting.ts';
import { carrying } from './carrying.ts';
import { compressors } from './compressors.ts';
import { endings } from './endings.ts';
import { frames } from './frames.ts';
import { hooks } from './hooks.ts';
import { impure } from './impure.ts';
import { inference } from './inference.ts';
import { names } from './names.ts';
import { patching } from './patching.ts';
import { predictions } from './predictions.ts';
import { reaching } from './reaching.ts';
import { replayed } from './replayed.ts';
import { resources } from './resources.ts';
import { smuggling } from './smuggling.ts';
import { tensors } from './tensors.ts';

export const HOSTILE: { readonly [group: string]: readonly HostileCase[] } = {
  'ending the run, or never ending it': endings,
  'breaking the protocol': frames,
  'lying about tensors': tensors,
  'answering and peeking': predictions,
  'knowing the text beforehand': smuggling,
  'forging hooks and recipes': hooks,
  'forging inference hooks': inference,
  'carrying notes': carrying,
  'patching torch and the host': patching,
  'taking more than its share': resources,
  'reaching out': reaching,
  'names of modules': names,
  'posing as an architecture': compressors,
  'remembering what no tensor holds': impure,
  'knowing that its training will be repeated': replayed,
  'learning from what it is asked': adapting,
};
