import { closeLink, type RedisLink } from './connect.js'

const ignore = () => {}

/**
 * Tells a process at once what it would else find at its next turn: that one who stands by has appended, or that the log is free. Nothing
 * depends on it: a message that is lost, or that the user may not hear, costs that wait.
 */
export class Bell {
  #ear: RedisLink | undefined

  constructor(
    private readonly client: RedisLink,
    private readonly channel: string,
    private readonly ring: (word: string) => void,
  ) {}

  /** Listens on a connection of its own, as Redis wants it. It is not waited for. */
  hang(): void {
    if (this.#ear) return
    const ear = this.client.duplicate()
    this.#ear = ear
    ear.on('error', ignore)
    void (async () => {
      await ear.connect()
      await ear.subscribe(this.channel, this.ring)
    })().catch(() => closeLink(ear))
  }

  async close(): Promise<void> {
    if (this.#ear) await closeLink(this.#ear)
  }
}
