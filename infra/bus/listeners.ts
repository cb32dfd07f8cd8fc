/** Who listens to one kind of message. */

export class Listeners<Message> {
  readonly #name: string;
  readonly #report: (message: string) => void;
  readonly #all = new Set<(message: Message) => void>();

  /** @param name says in reports whose listener failed */
  constructor(name: string, report: (message: string) => void) {
    this.#name = name;
    this.#report = report;
  }

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** Returns how to stop. The same function can be added twice, and is then told twice. */
  add(listener: (message: Message) => void): () => void {
    const own = (message: Message) => listener(message);
    this.#all.add(own);
    return () => void this.#all.delete(own);
  }

  /** One that throws is reported, and the others are told all the same. */
  tell(message: Message): void {
    for (const listener of this.#all) {
      try {
        listener(message);
      } catch (error) {
        this.#report(`${this.#name} failed: ${error}`);
      }
    }
  }

  clear(): void {
    this.#all.clear();
  }
}

/** Passes on the first, second, fourth, eighth ... call with the count so far: a flood must not fill the log. */
export function rarely(act: (count: number, detail: string) => void): (detail: string) => void {
  let count = 0;
  let next = 1;
  return (detail) => {
    count += 1;
    if (count < next) return;
    next *= 2;
    act(count, detail);
  };
}
