import { pulseOf } from './keyv-keys.js'
import type { Marks } from './keyv-marks.js'
import { type KeyvTokens, pulseOfAll, type Watched } from './keyv-tokens.js'
import type { Invalidations } from './store.js'

/**
 * A put's own invalidations. They overwrite tokens that its entry then bears, and with them every sign of an
 * invalidation by somebody else in the same moment, which must not be lost. So a put goes through a splitter (Lamport, "A fast
 * mutual exclusion algorithm", 1987), made of each pulse that it shares with its entry and an announcement beside it:
 * announce, check that the pulse stands since the put began, move it, overwrite the token, check that the announcement
 * stands, and only then store the entry. Whoever invalidates without a put goes the other way: pulse, announcement,
 * token. So does, once more, a put that found somebody there.
 *
 * Why nothing is lost: let a put A store its entry, and let another's token have been written before A's, by someone
 * who began after A. That one's announcement came before A's, or A would have found it. Without a put its
 * pulse came earlier still, so A found that moved. With a put, either it was done before A announced, and A found its pulse
 * moved; or it found A's announcement in the place of its own, and overwrites the token once more, which voids A's entry
 * before it answers. What would be a window is a miss.
 */
export class KeyvOwn {
  /** The pulses of tokens that the entry bears and the put overwrites. */
  readonly doors: ReadonlySet<number>
  readonly #tokens: KeyvTokens
  readonly #own: Invalidations
  #announced: readonly Watched[] = []

  constructor(tokens: KeyvTokens, own: Invalidations, borne: readonly string[]) {
    this.#tokens = tokens
    this.#own = own
    this.doors = new Set(own.all ? [pulseOfAll] : own.tags.filter((tag) => borne.includes(tag)).map(pulseOf))
  }

  /** Before the pulses are checked. */
  async announce(): Promise<void> {
    this.#announced = await this.#tokens.announce(this.doors)
  }

  /** After it: does all, and answers the marks for the entry; undefined when somebody else is there. */
  async invalidate(marks: Marks): Promise<Marks | undefined> {
    await this.#tokens.replacePulses(this.doors)
    const after = this.#own.all ? await this.#newCache(marks) : await this.#newTokens(marks)
    return (await this.#stands()) ? after : undefined
  }

  /** All of it where there is no entry to keep. */
  async alone(): Promise<void> {
    const { all, tags, keys } = this.#own
    if (all) await this.#tokens.evictAll()
    else await Promise.all([this.#tokens.evictTags(tags), this.#tokens.evictKeys(keys)])
  }

  async #newCache(marks: Marks): Promise<Marks> {
    return { ...marks, clear: await this.#tokens.replaceClear() }
  }

  async #newTokens(marks: Marks): Promise<Marks> {
    const mine = this.#own.tags.filter((tag) => this.doors.has(pulseOf(tag)))
    const rest = this.#own.tags.filter((tag) => !this.doors.has(pulseOf(tag)))
    const [written] = await Promise.all([
      Promise.all(mine.map(async (tag) => [tag, await this.#tokens.replaceTag(tag)] as const)),
      this.#tokens.evictTags(rest),
      this.#tokens.evictKeys(this.#own.keys),
    ])
    const tokens = new Map(written)
    return { ...marks, tags: marks.tags.map(([tag, token, soft]) => [tag, tokens.get(tag) ?? token, soft]) }
  }

  async #stands(): Promise<boolean> {
    return this.#announced.length === 0 || (await this.#tokens.moved(this.#announced)) === undefined
  }
}
