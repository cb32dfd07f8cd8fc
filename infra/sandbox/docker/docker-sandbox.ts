/** The `Sandbox` port on the Docker Engine of this machine. */

import type { Socket } from 'node:net';
import Docker from 'dockerode';
import type { Sandbox, SandboxDevice, SandboxSession, SandboxSpec } from '../../../domain/ports.ts';
import { BusyMeter, type GpuWatch, NO_GPU } from '../gpu/busy-meter.ts';
import { requireToolkit } from '../gpu/toolkit.ts';
import { ourFault, within } from '../host/errors.ts';
import { type HostSocket, listen, removeFolder } from '../host/host-socket.ts';
import { GuestSession } from '../host/session.ts';
import { cudaBuild, cudaTag, type ImageName, imageTags } from '../image-tag.ts';
import { Container } from './container.ts';
import { containerOptions, FOLDER, OURS } from './container-options.ts';
import { readBack, weaknesses } from './effective.ts';

export interface DockerSandboxOptions {
  /** Folder for the sockets; short, on a local disk, open to all users (default: the system's temporary folder). */
  readonly socketRoot?: string;
  /** How long a container may take until our host in it connects, importing included, milliseconds. */
  readonly startMs?: number;
  /** Replaces the image's entry point: tests run hostile code in place of our host. Never set in production. */
  readonly entrypoint?: readonly string[];
  /** How to reach the engine (default: `DOCKER_HOST`, else the local socket). */
  readonly docker?: Docker;
}

export function openDockerSandbox(options: DockerSandboxOptions = {}): Sandbox {
  const engine = new DockerSandbox(options);
  return {
    open: (spec) => engine.open(spec),
    sweep: (labels) => engine.sweep(labels),
    imageDigest: (image, device) => engine.imageDigest(image, device),
  };
}

class DockerSandbox implements Sandbox {
  readonly #docker: Docker;
  readonly #options: DockerSandboxOptions;
  readonly #tags = new Map<string, string>();
  readonly #meter = new BusyMeter();
  #toolkit: Promise<void> | null = null;

  constructor(options: DockerSandboxOptions) {
    this.#options = options;
    this.#docker = options.docker ?? new Docker();
  }

  async open(spec: SandboxSpec): Promise<SandboxSession> {
    const imageId = await this.imageDigest(spec.image, spec.device);
    let socket: HostSocket | undefined;
    let container: Container | undefined;
    let gpu: GpuWatch | undefined;
    try {
      gpu = await this.#watchGpus(spec.device);
      socket = await listen(this.#options.socketRoot);
      const asked = containerOptions(spec, imageId, socket.folder, this.#options.entrypoint);
      container = await Container.start(this.#docker, asked, gpu);
      const connection = await this.#connected(socket, container);
      const found = readBack({
        inspected: await container.inspect(),
        seccompProfile: await this.#seccompProfile(),
      });
      const weak = weaknesses(spec, imageId, found);
      if (weak.length > 0)
        throw ourFault(`the container is less confined than asked for (${weak.join('; ')})`);
      return new GuestSession(container, socket, connection, found.effective, spec.limits.wallMs);
    } catch (error) {
      await container?.remove();
      await socket?.close();
      gpu?.stop();
      throw ourFault('a container could not be started', error);
    }
  }

  /** Nothing is asked of the engine before the toolkit is known to be safe. */
  async #watchGpus(device: SandboxDevice | undefined): Promise<GpuWatch> {
    if (device === undefined) return NO_GPU;
    this.#toolkit ??= requireToolkit();
    await this.#toolkit.catch((error: unknown) => {
      // It may be mended while we run.
      this.#toolkit = null;
      throw error;
    });
    return await this.#meter.watch(device.ids);
  }

  /** Our host connects when all of ours is loaded, so what fails before that is no fault of a learner. */
  async #connected(socket: HostSocket, container: Container): Promise<Socket> {
    const startMs = this.#options.startMs ?? 60_000;
    const gone = container.exited.then(() => {
      throw ourFault(
        `the container ended before its host connected; it said: ${container.standardError.slice(-1000)}`,
      );
    });
    return await within(startMs, 'the start', Promise.race([socket.connected, gone]));
  }

  async #seccompProfile(): Promise<string> {
    const info: { SecurityOptions?: string[] } = await this.#docker.info();
    const seccomp = info.SecurityOptions?.find((option) => option.includes('name=seccomp'));
    return /profile=([^,]+)/.exec(seccomp ?? '')?.[1] ?? 'unknown';
  }

  async sweep(labels: { readonly [key: string]: string }): Promise<number> {
    const wanted = Object.entries({ ...labels, [OURS]: '1' }).map(([key, value]) => `${key}=${value}`);
    try {
      const found = await this.#docker.listContainers({ all: true, filters: { label: wanted } });
      for (const { Id, Labels } of found) {
        await this.#docker.getContainer(Id).remove({ force: true, v: true });
        await removeFolder(Labels[FOLDER], this.#options.socketRoot);
      }
      return found.length;
    } catch (error) {
      throw ourFault('left-over containers could not be removed', error);
    }
  }

  async imageDigest(image: ImageName, device?: SandboxDevice): Promise<string> {
    const cuda = image === 'runner' && device !== undefined;
    const tag = this.#tag(cuda ? 'cuda' : image);
    try {
      return (await this.#docker.getImage(tag).inspect()).Id;
    } catch (error) {
      const build = cuda ? cudaBuild(tag) : 'node scripts/with-setup.mjs run';
      throw ourFault(`image ${tag} was not found; \`${build}\` builds it`, error);
    }
  }

  /** Once for each image: a source tree that changes under a running process does not change what it runs. */
  #tag(image: ImageName | 'cuda'): string {
    const tag = this.#tags.get(image) ?? (image === 'cuda' ? cudaTag() : imageTags(image).image);
    this.#tags.set(image, tag);
    return tag;
  }
}
