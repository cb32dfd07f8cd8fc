/** node scripts/setup/main.ts <run|test> <cache folder>: Debian packages, a Docker daemon, the container images. */
import { installTools, missingTools, type Profile } from './debian.ts';
import { dockerAnswers, startDocker } from './docker.ts';
import { buildImages, missingImages } from './images.ts';
import { SetupError, say } from './say.ts';

async function setUp(profile: Profile, cache: string): Promise<void> {
  const answers = dockerAnswers();
  const images = answers ? missingImages() : null;
  installTools(
    missingTools(profile, { docker: !answers, imageBuilder: images === null || images.length > 0 }),
  );
  if (!answers) await startDocker(cache);
  await buildImages(images ?? missingImages());
}

const [profile = 'run', cache = '.'] = process.argv.slice(2);
try {
  await setUp(profile === 'test' ? 'test' : 'run', cache);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
