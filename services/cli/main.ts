/** The `prism` command: it composes the services and has no rules of its own. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import { PROFILES } from '../../domain/policy/profiles.ts';
import { cacheFolder } from '../../infra/corpus/index.ts';
import { READ_MODELS } from '../../projections/index.ts';
import { loadSettings, placesOf, type Settings, SettingsError } from '../settings.ts';
import { VERSION } from '../version.ts';
import { checkProject } from './check.main.ts';
import { runningEngine, submitProject } from './client.ts';
import { runDemo } from './demo/demo.main.ts';
import { report, reportData } from './demo/report.ts';
import { explainOwner, explainScore, explainWeight } from './explain.main.ts';
import { adoptPolicy, closeEpoch, defaultResolver, type Resolution, resolveHold } from './operator.main.ts';
import { CommandError, EXIT, findingText, printJson, say } from './output.ts';
import { PolicyFileError, readPolicy } from './policy-file.ts';
import { query } from './query.main.ts';
import { heldReviews, outcomeOf, resolveReview } from './review.main.ts';
import { simulateHistory } from './simulate.main.ts';
import { takeSources } from './sources.main.ts';
import { showStatus } from './status/show.ts';
import { startEngine } from './up.main.ts';
import { type Verification, verifyLedger } from './verify.main.ts';

interface Common {
  readonly config?: string;
  readonly data?: string;
}

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('must be a whole number, 0 or more');
  return value;
}

/** The first wrong index where one can be said, else the file, and what is wrong there. */
function faultOf({ index, file, reason }: Extract<Verification, { ok: false }>): string {
  if (index !== null) return `first wrong index ${index}: ${reason.replace(`index ${index}: `, '')}`;
  return file === null ? reason : `file ${reason}`;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT' && 'path' in error)
    return `there is no ${error.path}: give a file or folder that exists`;
  return error.message;
}

const program = new Command('prism')
  .description(
    'An event-sourced challenge state engine: reviews, trains, scores and pays for neural architecture ideas.',
  )
  .version(VERSION)
  .option('--config <file>', 'settings as YAML')
  .option('--data <folder>', 'folder of everything that the engine keeps (default: .prism)')
  .addHelpText(
    'after',
    '\nExit status: 0 done; 1 did not work; 2 wrong command line; 3 the answer is no (does not verify, does not pass).',
  )
  .showHelpAfterError('see prism --help')
  .exitOverride();

function settingsOf(overrides: Partial<Settings> = {}): Settings {
  const { config, data } = program.opts<Common>();
  return loadSettings(config ?? null, process.env, { ...(data === undefined ? {} : { data }), ...overrides });
}

program
  .command('up')
  .description('run the whole engine on this machine')
  .option(
    '--store <url>',
    'esdb://host:port?tls=..., or a file (default: an embedded store in the data folder)',
  )
  .option('--nats <url>', 'NATS server (default: one is started on loopback)')
  .option('--port <number>', 'port of the gateway', integer)
  .option('--policy <file>', 'policy that a new ledger is opened with')
  .action(async (options: Partial<Settings>) => {
    const engine = await startEngine(settingsOf(options));
    const { log } = placesOf(engine.settings);
    say(`the engine is up at ${engine.gatewayUrl}; its ledger is in ${log}; Ctrl-C ends it`);
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    say('ending');
    await engine.stop();
  });

program
  .command('demo')
  .description(
    'run the engine, submit the example projects as miners would, and verify the ledger that comes of it',
  )
  .option('--json', 'end with one JSON object on standard output')
  .action(async ({ json = false }: { json?: boolean }) => {
    const under = program.opts<Common>().data ?? '.prism';
    const { names, verification, verified, ledger, vkey, durationMs } = await runDemo({ under, json });
    if (!verification.ok)
      throw new CommandError(`the ledger does not verify: ${verification.reason}`, EXIT.no);
    if (json) printJson({ ...reportData(verification.models, names), ledger, verified, durationMs });
    else process.stdout.write(`\n${report(verification.models, names)}\n\n`);
    if (!verified) throw new CommandError('the gateway and the verified ledger disagree', EXIT.no);
    say(
      `verified: ${verification.size} events, ${verification.derived} scores, claims and weights derived again and found equal`,
    );
    say(`check it yourself: npm run prism -- verify ${ledger.directory} --key '${vkey}'`);
  });

program
  .command('submit')
  .description('hand a project over at the bridge, as Platform would')
  .argument('<project>', 'ZIP file')
  .requiredOption('--hotkey <hotkey>', 'the verified hotkey')
  .option('--nonce <nonce>', 'the verified nonce (default: a fresh one)')
  .action(async (file: string, { hotkey, nonce }: { hotkey: string; nonce?: string }) => {
    const settings = settingsOf();
    const zip = readFileSync(file);
    const request = { zip, hotkey, filename: basename(file), ...(nonce === undefined ? {} : { nonce }) };
    printJson(await submitProject(settings, runningEngine(settings).gateway, request));
  });

program
  .command('status')
  .description('where a submission stands, why, and how far its evaluation has come')
  .argument('<submission>', 'its id')
  .option('--watch', 'go on until it is scored, held, rejected or given up')
  .option('--json', 'all of it as JSON, with the judged curves; with --watch one object a line')
  .action(async (id: string, { watch = false, json = false }: { watch?: boolean; json?: boolean }) => {
    await showStatus(() => runningEngine(settingsOf()).gateway, id, { watch, json });
  });

program
  .command('check')
  .description('pre-flight of a project: the same intake and review, nothing recorded')
  .argument('<project>', 'ZIP file, or a folder')
  .option('--json', 'the result as JSON')
  .action(async (path: string, { json = false }: { json?: boolean }) => {
    const result = await checkProject(path);
    if (json) printJson(result);
    else {
      for (const finding of result.findings) say(findingText(finding));
      say(result.ok ? result.message : `${result.stage}: ${result.message} [${result.code}]`);
    }
    if (!result.ok) process.exitCode = EXIT.no;
  });

program
  .command('epoch')
  .description("an epoch's close")
  .command('close')
  .description('close the open epoch: what is decided by now is paid')
  .action(async () => {
    printJson({ epoch: await closeEpoch(settingsOf()) });
  });

const policyCommand = program.command('policy').description('the policy');

policyCommand
  .command('show')
  .description('print a policy that comes with the engine, as YAML to start from')
  .addArgument(new Argument('<profile>', 'whose').choices(Object.keys(PROFILES)))
  .action((profile: keyof typeof PROFILES) => {
    process.stdout.write(stringify(PROFILES[profile], { aliasDuplicateObjects: false }));
  });

policyCommand
  .command('adopt')
  .description('adopt a policy for all that is received from now on')
  .argument('<file>', 'policy as YAML')
  .requiredOption('--reason <text>', 'recorded in the ledger')
  .action(async (file: string, { reason }: { reason: string }) => {
    printJson({ adopted: await adoptPolicy(settingsOf(), readPolicy(file), reason) });
  });

program
  .command('hold')
  .description('claims that look too much like another')
  .command('resolve')
  .description('admit or refuse a held claim')
  .argument('<submission>', 'its id')
  .addOption(
    new Option('--outcome <outcome>', 'admit: a family of its own; refuse: it is the other one')
      .choices(['admit', 'refuse'])
      .makeOptionMandatory(),
  )
  .requiredOption('--reason <text>', 'recorded in the ledger')
  .option('--resolver <name>', 'who decides, recorded in the ledger: no party to the case', defaultResolver())
  .action(async (submission: string, resolution: Required<Resolution>) => {
    await resolveHold(settingsOf(), submission, resolution);
    printJson({ submission, outcome: resolution.outcome, resolver: resolution.resolver });
  });

const reviewCommand = program.command('review').description('reviews that are held for a person');

reviewCommand
  .command('list')
  .description('held reviews: why, until when, and what was found')
  .action(async () => {
    printJson(await heldReviews(settingsOf()));
  });

reviewCommand
  .command('resolve')
  .description('let the review of a held submission go on, or reject the submission')
  .argument('<submission>', 'its id')
  .option('--admit', 'the review goes on')
  .option('--reject', 'the submission is rejected')
  .requiredOption('--reason <text>', 'recorded in the ledger, and told to the miner who is rejected')
  .action(async (submission: string, flags: { admit?: boolean; reject?: boolean; reason: string }) => {
    const outcome = outcomeOf(flags);
    await resolveReview(settingsOf(), submission, outcome, flags.reason);
    printJson({ submission, outcome });
  });

program
  .command('verify')
  .description('audit a ledger offline; exit status 0 only if all of it holds')
  .argument('<ledger>', 'folder of the log, or a URL that serves it')
  .option('--key <vkey>', "the log's public key, or a file with it; without it nobody vouches for the key")
  .option('--no-history', 'do not compare with the last checkpoint seen of this log')
  .option('--json', 'the result as JSON')
  .action(
    async (
      ledger: string,
      { key, history, json = false }: { key?: string; history: boolean; json?: boolean },
    ) => {
      const result = await verifyLedger(ledger, {
        ...(key === undefined ? {} : { key }),
        ...(history ? { seen: join(cacheFolder(), 'seen') } : {}),
        ...(json ? {} : { onStep: (step: string) => say(`checking ${step}`) }),
      });
      if (!result.ok) {
        if (json) printJson(result);
        say(`NOT VERIFIED: ${faultOf(result)}`);
        process.exitCode = EXIT.no;
        return;
      }
      const { models: _, ...plain } = result;
      printJson(plain);
      say(
        result.keyPinned
          ? `verified: ${result.size} events`
          : `self-consistent, key not pinned: ${result.size} events; give --key to know who signed`,
      );
    },
  );

program
  .command('query')
  .description('a read model at any point in history, folded from the log')
  .argument('<projection>', READ_MODELS.join(', '))
  .option('--at <index>', 'index of the last event that counts', integer)
  .option('--log <folder>', 'folder of the log, or a URL (default: that of the data folder)')
  .action(async (projection: string, { at, log }: { at?: number; log?: string }) => {
    printJson(await query(log ?? placesOf(settingsOf()).log, projection, at));
  });

program
  .command('sources')
  .description('the files of a submission whose sources are open, checked against the log')
  .argument('<submission>', 'its id')
  .option('--out <folder>', 'a new folder that they are written to')
  .option('--gateway <url>', 'whose (default: that of the running engine)')
  .action(async (submission: string, { out, gateway }: { out?: string; gateway?: string }) => {
    const url = gateway?.replace(/\/+$/, '') ?? runningEngine(settingsOf()).gateway;
    printJson(await takeSources(url, submission, out ?? null));
  });

interface OfHistory {
  readonly at?: number;
  readonly log?: string;
  readonly json?: boolean;
}

/** Which part of which log a command is about. */
function historyOf({ at, log, json = false }: OfHistory) {
  return { at, log: log ?? placesOf(settingsOf()).log, json };
}

const explainCommand = program.command('explain').description('what a result rests on, event by event');

explainCommand
  .command('owner')
  .description('every claim to a family in the order of admission, with its evidence')
  .argument('<family>', 'its id')
  .option('--at <index>', 'index of the last event that counts', integer)
  .option('--log <folder>', 'folder of the log, or a URL (default: that of the data folder)')
  .option('--json', 'all of it as JSON')
  .action(async (family: string, options: OfHistory) => {
    await explainOwner(family, historyOf(options));
  });

explainCommand
  .command('score')
  .description("a submission's card, its runs, its policy and its seeds")
  .argument('<submission>', 'its id')
  .option('--at <index>', 'index of the last event that counts', integer)
  .option('--log <folder>', 'folder of the log, or a URL (default: that of the data folder)')
  .option('--json', 'all of it as JSON')
  .action(async (submission: string, options: OfHistory) => {
    await explainScore(submission, historyOf(options));
  });

explainCommand
  .command('weight')
  .description('what a hotkey is paid for in an epoch, what was kept, and why the rest burns')
  .argument('<hotkey>', 'whose')
  .option('--epoch <number>', 'which (default: the last that is closed)', integer)
  .option('--at <index>', 'index of the last event that counts', integer)
  .option('--log <folder>', 'folder of the log, or a URL (default: that of the data folder)')
  .option('--json', 'all of it as JSON')
  .action(async (hotkey: string, { epoch = null, ...options }: OfHistory & { epoch?: number | null }) => {
    await explainWeight(hotkey, epoch, historyOf(options));
  });

program
  .command('simulate')
  .description('all history under another policy: what leaderboard, owners and weights would be')
  .requiredOption('--policy <file>', 'policy as YAML')
  .option('--at <index>', 'index of the last event that counts', integer)
  .option('--log <folder>', 'folder of the log, or a URL (default: that of the data folder)')
  .option('--json', 'all of it as JSON')
  .action(async ({ policy, ...options }: OfHistory & { policy: string }) => {
    await simulateHistory({ policy, ...historyOf(options) });
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else {
    say(`prism: ${messageOf(error)}`);
    const known = error instanceof SettingsError || error instanceof PolicyFileError;
    process.exitCode = error instanceof CommandError ? error.status : known ? EXIT.usage : EXIT.failed;
    if (process.env.PRISM_DEBUG !== undefined && error instanceof Error) say(error.stack ?? '');
  }
}
