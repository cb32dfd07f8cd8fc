/** A policy from a YAML file: parsed strictly, with the place of the first mistake. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Policy, policySchema } from '../../domain/policy/policy.ts';

export class PolicyFileError extends Error {
  constructor(file: string, reason: string) {
    super(`policy ${file}: ${reason}`);
    this.name = 'PolicyFileError';
  }
}

export function readPolicy(file: string): Policy {
  let data: unknown;
  try {
    data = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new PolicyFileError(file, error instanceof Error ? error.message : String(error));
  }
  const parsed = policySchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PolicyFileError(
    file,
    `${issue?.path.join('.') || '(whole file)'}: ${issue?.message ?? 'is not valid'}`,
  );
}
