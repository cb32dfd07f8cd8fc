/** Archives made by the tools that miners use, of one small project. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const project: Readonly<Record<string, string>> = {
  'model.py': `${'# A model.\n'.repeat(20)}def build_model(ctx):\n    return None\n`,
  'prism.yaml': 'kind: full\n',
  'README.md': 'A small model.\n',
  'lib/__init__.py': '',
  'lib/layers.py': 'WIDTH = 64\n',
};

const PACKAGES: Readonly<Record<string, string>> = { zip: 'zip', python3: 'python3', git: 'git' };

/** Runs `tool`; returns its standard output. Throws where it is missing (saying how to get it) or fails. */
function run(tool: string, args: readonly string[], cwd: string, input?: string): Buffer {
  const env = {
    ...process.env,
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
  };
  const result = spawnSync(tool, args, { cwd, env, input: input ?? '', maxBuffer: 16 * 1024 * 1024 });
  if (result.error !== undefined) {
    throw new Error(`this test needs \`${tool}\`: apt-get install ${PACKAGES[tool] ?? tool}`, {
      cause: result.error,
    });
  }
  if (result.status !== 0) throw new Error(`${tool} ${args.join(' ')}: ${result.stderr.toString()}`);
  return result.stdout;
}

/** Gives `make` a fresh folder that holds the project as `project/`. */
function inFolder(make: (folder: string) => Buffer): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'prism-archive-'));
  try {
    for (const [path, content] of Object.entries(project)) {
      const file = join(folder, 'project', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    return make(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Info-ZIP with these options on the project, from inside its folder. */
export function infoZip(options: readonly string[], comment?: string): Buffer {
  return inFolder((folder) => {
    run('zip', ['-q', ...options, '../out.zip', '.'], join(folder, 'project'), comment);
    return readFileSync(join(folder, 'out.zip'));
  });
}

/** Info-ZIP on the project's folder itself, so that every path starts with `project/`. */
export function infoZipFolder(): Buffer {
  return inFolder((folder) => {
    run('zip', ['-q', '-r', 'out.zip', 'project'], folder);
    return readFileSync(join(folder, 'out.zip'));
  });
}

/** Info-ZIP to a pipe: it cannot go back to fill in sizes, so data descriptors follow. */
export function infoZipPiped(): Buffer {
  return inFolder((folder) => run('zip', ['-q', '-r', '-', '.'], join(folder, 'project')));
}

/** Info-ZIP: a file added to an archive that is there, and another deleted from it. */
export function infoZipEdited(): Buffer {
  return inFolder((folder) => {
    const root = join(folder, 'project');
    writeFileSync(join(root, 'draft.txt'), 'draft');
    run('zip', ['-q', '-r', '../out.zip', 'draft.txt', 'lib', 'model.py'], root);
    run('zip', ['-q', '../out.zip', 'README.md', 'prism.yaml'], root);
    run('zip', ['-q', '-d', '../out.zip', 'draft.txt'], root);
    return readFileSync(join(folder, 'out.zip'));
  });
}

/** What a code hosting site serves: `git archive` with a folder prefix; the archive's comment is the commit. */
export function gitArchive(): Buffer {
  return inFolder((folder) => {
    const root = join(folder, 'project');
    run('git', ['init', '-q', '.'], root);
    run('git', ['add', '.'], root);
    run(
      'git',
      ['-c', 'user.name=miner', '-c', 'user.email=miner@example.org', 'commit', '-q', '-m', 'model'],
      root,
    );
    return run('git', ['archive', '--format=zip', '--prefix=project-main/', 'HEAD'], root);
  });
}

/** A Python script in the project's folder that writes a ZIP to `out` (a path); `files` lists the project's paths. */
export function python(script: string): Buffer {
  return inFolder((folder) => {
    const out = join(folder, 'out.zip');
    const lines = [
      'import io, shutil, sys, zipfile',
      'from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo',
      `out = ${JSON.stringify(out)}`,
      `files = ${JSON.stringify(Object.keys(project))}`,
      script,
    ];
    run('python3', ['-c', lines.join('\n')], join(folder, 'project'));
    return readFileSync(out);
  });
}

/** `python3 -m zipfile -c`. */
export function pythonModule(): Buffer {
  return inFolder((folder) => {
    const names = ['model.py', 'prism.yaml', 'README.md', 'lib'];
    run('python3', ['-m', 'zipfile', '-c', '../out.zip', ...names], join(folder, 'project'));
    return readFileSync(join(folder, 'out.zip'));
  });
}
