/** What a case is: a project, and what must become of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MeasuredRun } from '../../../services/evaluator/judge/run.ts';

/** Python sources by path. */
export type Sources = { readonly [path: string]: string };
export type Kind = MeasuredRun['ending']['kind'];

export interface Submitted {
  readonly sources: Sources;
  /** Path of the architecture (default `model.py`). */
  readonly entrypoint?: string;
  /** Path of the recipe, where it has a file of its own. */
  readonly recipeEntrypoint?: string;
  /** A recipe from another project, whose entrypoint is `recipe.py`. */
  readonly rival?: Sources;
  /** Whose recipe trains it (default the judge's). */
  readonly recipe?: 'reference' | 'submission';
  /** Its inference hook is judged beside plain `forward`. */
  readonly hook?: true;
}

export interface HostileCase extends Submitted {
  /** What it does, as the field would say it. */
  readonly name: string;
  /** How its run ends, and what its miner is told. */
  readonly ends: readonly [Kind, RegExp];
  /** What the same project would be if it were honest (default: `table`, or `recipe` under a recipe of its own). */
  readonly copy?: Copy;
  /** Its curve is that of its honest copy to the bit; otherwise its figure is not below that of its copy. */
  readonly inVain?: true;
  /** Microbits per byte that it gains at least over its honest copy where nothing is repeated: what the check is worth. */
  readonly gainsUnchecked?: number;
  /** What it brings along counts: its bits are added on both sides, as a score does. */
  readonly counted?: true;
  /** Secret steps and predictions are repeated in a fresh container: that is what it is about. */
  readonly checked?: true;
  /** What else must be true of the measurement. */
  readonly shows?: (run: MeasuredRun) => void;
  /** Part of the fast half. */
  readonly fast?: true;
}

export interface HonestCase extends Submitted {
  readonly name: string;
  /** Uses what review refuses although it does no harm; the judge must not mind it. */
  readonly pastReview?: true;
  readonly fast?: true;
}

/** Honest projects that hostile ones are compared with. */
export type Copy = 'table' | 'recipe' | 'convolution';

export const COMPLETED: HostileCase['ends'] = ['completed', /^$/];

const PROJECTS = join(import.meta.dirname, 'projects');

/** A Python file under `projects/`. */
export const fixture = (path: string): string => readFileSync(join(PROJECTS, path), 'utf8');

const SHARED = ['honest.py', 'tricks.py', 'counting.py', 'notes.py', 'convolution.py'];
const PRELUDE = `
import ctypes, errno, gc, json, os, random, signal, socket, struct, sys, threading, time
import torch
from torch import nn
from torch.nn import functional
import counting, honest, notes, tricks
`;

const indented = (python: string, depth: number): string =>
  python
    .trim()
    .split('\n')
    .map((line) => ' '.repeat(depth) + line)
    .join('\n');

/** A project of one file, beside those that all hostile ones share. */
export function project(python: string): Sources {
  const shared = Object.fromEntries(SHARED.map((file) => [file, fixture(file)]));
  return { ...shared, 'model.py': `${PRELUDE}\n${python}` };
}

/** The honest model, but in `forward` these lines run first where `condition` holds. */
function inForward(condition: string, python: string): Sources {
  return project(`
class Model(honest.Model):
    def forward(self, tokens):
        if ${condition}:
${indented(python, 12)}
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`);
}

/** The honest model, except for what it does once, in the forward pass of training step 5. */
export const atFifthStep = (python: string): Sources => inForward('self.at_fifth_step()', python);

/** The honest model, except for what it does when it is judged. */
export const whenJudged = (python: string): Sources => inForward('tricks.is_predictor()', python);

/** The honest model, except for what its file does when it is imported. */
export const atImport = (python: string): Sources =>
  project(`
from honest import build_model

${python.trim()}
`);

/** The honest model, except for what is done to it (`model`) before it is handed over. */
export const whenBuilt = (python: string): Sources =>
  project(`
def build_model(ctx):
    model = honest.build_model(ctx)
${indented(python, 4)}
    return model
`);

/** The honest model, whose host says what `change(header, body)` makes of each answer. */
export const answering = (python: string): Sources =>
  atImport(`
def change(header, body):
${indented(python, 4)}
    return header, body


tricks.rewrite_answers(change)
`);

/** The honest model, whose snapshots are what `change(tensors, data)` makes of them. */
export const packing = (python: string): Sources =>
  atImport(`
def change(tensors, data):
${indented(python, 4)}
    return tensors, data


tricks.rewrite_snapshots(change)
`);
