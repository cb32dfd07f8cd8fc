/** One container of a run as the judge talks to it: typed operations, each answer checked before it is used. */
import type { z } from 'zod';
import { VOCABULARY } from '../../../domain/evaluation/loss.ts';
import type { Plan } from '../../../domain/evaluation/plan.ts';
import { type Frame, SandboxError, type SandboxSession } from '../../../domain/ports.ts';
import type { Moments } from './adamw.ts';
import {
  builtSchema,
  doneSchema,
  parseAnswer,
  snapshotSchema,
  type Telemetry,
  type TensorSpec,
  trainedSchema,
} from './answers.ts';
import { LearnerFailure } from './learner-failure.ts';
import { momentsOf } from './moments.ts';
import type { Project, ProjectPart } from './run.ts';
import { checkState, elementsOf, type ModelState, stateBytes } from './tensors.ts';

/** Largest header of an answer; also the largest answer without a body. */
const HEADER_BYTES = 1_048_576;
const LOGIT_BYTES = 4;
/** A state of up to so many times the limit is read, so that it gets its true reason. */
const STATE_SLACK = 2;

/** Adam keeps two moments of each element, and its counters are few. */
const OPTIMIZER_STATES = 3;

export interface BuildOptions {
  readonly recipe: Project['recipe'];
  /** Optimiser steps per batch, under the judge's recipe. */
  readonly replays?: number;
  /** Imports the training entrypoint for its inference hook. */
  readonly hooks?: boolean;
}

export interface Snapshot {
  readonly state: ModelState;
  /** Empty unless it was asked for. */
  readonly optimizer: ModelState;
  /** The parameters that the judge's optimiser has moved, by name. */
  readonly moments: ReadonlyMap<string, Moments>;
  /** How many elements they have. */
  readonly parameters: number;
  readonly hookUses: { readonly [hook: string]: number };
  readonly telemetry: Telemetry;
}

interface Operation<T> {
  readonly header: Frame['header'];
  readonly body?: Buffer;
  readonly answer: z.ZodType<T>;
  readonly timeoutMs: number;
  readonly maxBodyBytes?: number;
  /** For the miner: which operation, at which step. */
  readonly where: string;
}

export class Learner {
  readonly #session: SandboxSession;
  readonly #plan: Plan;
  readonly #device: 'cpu' | 'cuda';
  #layout: readonly TensorSpec[] | null = null;

  /** @param device what its model runs on */
  constructor(session: SandboxSession, plan: Plan, device: 'cpu' | 'cuda') {
    this.#session = session;
    this.#plan = plan;
    this.#device = device;
  }

  /** Time that processors have spent on its container so far, microseconds; read from outside. */
  get busyUs(): number {
    const { cpuUs, gpuBusyUs } = this.#session.usage();
    return cpuUs + gpuBusyUs;
  }

  async #ask<T>(operation: Operation<T>): Promise<{ answer: T; body: Buffer }> {
    const maxBodyBytes = operation.maxBodyBytes ?? 0;
    const frame = await this.#session
      .request(
        { header: operation.header, body: operation.body ?? Buffer.alloc(0) },
        { timeoutMs: operation.timeoutMs, maxBytes: HEADER_BYTES + maxBodyBytes },
      )
      .catch((error: unknown) => {
        if (!(error instanceof SandboxError) || error.kind === 'our-fault') throw error;
        throw new LearnerFailure(error.kind, operation.where, error.message);
      });
    return { answer: parseAnswer(operation.answer, frame.header, operation.where), body: frame.body };
  }

  /** Hands over the files. None of them runs yet, so whatever fails here is our fault. */
  async project(project: Project): Promise<void> {
    const architecture = filesOf('architecture', project.architecture);
    const training =
      project.training === null || project.sameRoot ? [] : filesOf('training', project.training);
    const files = [...architecture, ...training];
    try {
      await this.#ask({
        header: {
          op: 'project',
          files: files.map(({ root, path, bytes }) => ({ root, path, size: bytes.length })),
          architecture: { entrypoint: project.architecture.entrypoint },
          training: project.training === null ? null : { entrypoint: project.training.entrypoint },
          sameRoot: project.sameRoot,
        },
        body: Buffer.concat(files.map(({ bytes }) => bytes)),
        answer: doneSchema,
        timeoutMs: this.#plan.timeouts.startMs,
        where: 'project',
      });
    } catch (error) {
      if (!(error instanceof LearnerFailure)) throw error;
      throw new SandboxError('our-fault', `the host did not take the files: ${error.message}`, {
        cause: error,
      });
    }
  }

  /** Imports the entrypoints and makes the model. Returns how many parameters the host says it has. */
  async build(seed: number, options: BuildOptions): Promise<number> {
    const { sequenceLength, context, steps, timeouts } = this.#plan;
    const { answer } = await this.#ask({
      header: {
        op: 'build',
        context: {
          vocab_size: VOCABULARY,
          sequence_length: sequenceLength,
          max_layers: context.maxLayers,
          max_parameters: context.maxParameters,
          depth: context.depth,
          seed,
          steps,
        },
        recipe: options.recipe,
        replays: options.replays ?? 1,
        hooks: options.hooks ?? false,
        device: this.#device,
      },
      answer: builtSchema,
      timeoutMs: timeouts.buildMs,
      where: 'build',
    });
    return answer.parameters;
  }

  /**
   * Reveals one batch.
   * @param step from 0
   * @param windows the batch's windows, one after another
   */
  async train(step: number, windows: Buffer): Promise<void> {
    const where = `train, step ${step + 1}`;
    const { answer } = await this.#ask({
      header: { op: 'train', step, batch: this.#plan.batch, length: this.#plan.sequenceLength + 1 },
      body: windows,
      answer: trainedSchema,
      timeoutMs: this.#plan.timeouts.stepMs,
      where,
    });
    if (answer.step !== step) throw new LearnerFailure('malformed', where, `answered step ${answer.step}`);
  }

  /** Takes the model. @param step steps done @param optimizer takes the optimiser's state as well */
  async snapshot(step: number, optimizer = false): Promise<Snapshot> {
    const { maxStateBytes, timeouts } = this.#plan;
    const where = `snapshot, step ${step}`;
    const { answer, body } = await this.#ask({
      header: { op: 'snapshot', optimizer },
      answer: snapshotSchema,
      timeoutMs: timeouts.snapshotMs,
      maxBodyBytes: (STATE_SLACK + (optimizer ? OPTIMIZER_STATES : 0)) * maxStateBytes,
      where,
    });
    const size = optimizer ? stateBytes(answer.tensors) : body.length;
    // A copy of its own: whoever keeps the model does not keep the optimiser's state with it.
    const own = body.subarray(0, size);
    const state = { tensors: answer.tensors, body: optimizer ? Buffer.from(own) : own };
    checkState(state, this.#layout, maxStateBytes, where);
    this.#layout = state.tensors;
    const rest = { tensors: answer.optimizer, body: body.subarray(size) };
    const moments = momentsOf(state, rest, where);
    const parameters = state.tensors
      .filter(({ name }) => moments.has(name))
      .reduce((sum, { shape }) => sum + elementsOf(shape), 0);
    return {
      state,
      optimizer: rest,
      moments,
      parameters,
      hookUses: answer.hookUses,
      telemetry: answer.telemetry,
    };
  }

  async load(state: ModelState, step: number, optimizer?: ModelState): Promise<void> {
    await this.#ask({
      header: { op: 'load', tensors: state.tensors, ...(optimizer && { optimizer: optimizer.tensors }) },
      body: optimizer === undefined ? state.body : Buffer.concat([state.body, optimizer.body]),
      answer: doneSchema,
      timeoutMs: this.#plan.timeouts.snapshotMs,
      where: `load, step ${step}`,
    });
  }

  /**
   * Asks for the byte after each of `count` prefixes of `length` bytes. Returns 256 logits for each, one after another.
   * @param hook by the submission's inference hook rather than by plain `forward`
   */
  async predict(
    prefixes: Buffer,
    count: number,
    length: number,
    step: number,
    hook = false,
  ): Promise<Float32Array> {
    const expected = count * VOCABULARY * LOGIT_BYTES;
    const where = `predict, step ${step}`;
    const { body } = await this.#ask({
      header: { op: 'predict', count, length, hook },
      body: prefixes,
      answer: doneSchema,
      timeoutMs: this.#plan.timeouts.predictMs,
      maxBodyBytes: expected,
      where,
    });
    if (body.length !== expected) {
      throw new LearnerFailure('malformed', where, `${body.length} bytes of logits, expected ${expected}`);
    }
    return Float32Array.from({ length: count * VOCABULARY }, (_, i) => body.readFloatLE(i * LOGIT_BYTES));
  }
}

function filesOf(root: 'architecture' | 'training', part: ProjectPart) {
  return [...part.files].map(([path, bytes]) => ({ root, path, bytes }));
}
