export { type DockerSandboxOptions, openDockerSandbox } from './docker-sandbox.ts';
