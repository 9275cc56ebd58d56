/** A row of `claim`, and how many pending writes it counts for. */
export interface Claim {
  readonly seq: number
  live: number
}

/** Where a pending write stands in the file. */
export interface Spot {
  readonly batch: Batch
  readonly place: number
}

interface Begun {
  attempts: number
  claim: Claim | undefined
}

/** How far a write is; `ending`: in the commit under way. */
const [pending, ending, gone] = [0, 1, 2]

/** A row of `batch`: the writes of one commit, by their places. */
export class Batch {
  readonly #stages: Uint8Array
  readonly #begun = new Map<number, Begun>()
  /** Writes of it that are pending. */
  live: number
  /** Writes that its text has. */
  size: number

  constructor(
    readonly seq: number,
    readonly ids: readonly string[],
  ) {
    this.#stages = new Uint8Array(ids.length)
    this.live = this.size = ids.length
  }

  isPending(place: number): boolean {
    return this.#stages[place] === pending
  }

  end(place: number): void {
    this.#stages[place] = ending
  }

  endNot(place: number): void {
    this.#stages[place] = pending
  }

  /** Answers the claim that counted for it. */
  forget(place: number): Claim | undefined {
    this.#stages[place] = gone
    this.live -= 1
    const claim = this.#begun.get(place)?.claim
    this.#begun.delete(place)
    return claim
  }

  /** What is known of its attempts. */
  begun(place: number): Begun {
    let begun = this.#begun.get(place)
    if (!begun) this.#begun.set(place, (begun = { attempts: 0, claim: undefined }))
    return begun
  }
}

/**
 * Where each pending write stands in the file, by id. Only the file's owner has one, so that it stays true. As ids rise with the order of
 * append they are looked for by halving, and an append costs nothing for each; a table has those that do not.
 */
export class PendingIndex {
  readonly #rising: Batch[] = []
  readonly #odd = new Map<string, Spot>()
  #highest = ''
  /** Rows of `claim` that count for nobody. */
  unclaimed: number[] = []
  nextBatch = 1
  nextClaim = 1

  add(batch: Batch): void {
    const { ids } = batch
    if (this.#rises(ids)) {
      this.#rising.push(batch)
      this.#highest = ids[ids.length - 1] as string
    } else for (const [place, id] of ids.entries()) if (batch.isPending(place)) this.#odd.set(id, { batch, place })
  }

  find(id: string): Spot | undefined {
    const odd = this.#odd.get(id)
    if (odd) return odd.batch.isPending(odd.place) ? odd : undefined
    if (id > this.#highest) return undefined
    const batch = this.#rising[after(this.#rising.length, (at) => (this.#rising[at] as Batch).ids[0]!, id) - 1]
    if (!batch) return undefined
    const place = after(batch.ids.length, (at) => batch.ids[at]!, id) - 1
    return batch.ids[place] === id && batch.isPending(place) ? { batch, place } : undefined
  }

  /** Another claim counts for a write. */
  reclaim({ batch, place }: Spot, claim: Claim): void {
    const begun = batch.begun(place)
    this.#release(begun.claim)
    claim.live += 1
    begun.claim = claim
  }

  /** It is done or dead. */
  forget({ batch, place }: Spot): void {
    this.#release(batch.forget(place))
    this.#odd.delete(batch.ids[place] as string)
    if (batch.live === 0) this.remove(batch)
  }

  remove(batch: Batch): void {
    const at = after(this.#rising.length, (one) => (this.#rising[one] as Batch).ids[0]!, batch.ids[0]!) - 1
    if (this.#rising[at] === batch) this.#rising.splice(at, 1)
    else for (const id of batch.ids) if (this.#odd.get(id)?.batch === batch) this.#odd.delete(id)
  }

  #release(claim: Claim | undefined): void {
    if (claim && --claim.live === 0) this.unclaimed.push(claim.seq)
  }

  #rises(ids: readonly string[]): boolean {
    let last = this.#highest
    for (let at = 0; at < ids.length; at += 1) {
      const id = ids[at] as string
      if (id <= last && (at > 0 || last !== '' || id !== '')) return false
      last = id
    }
    return ids.length > 0
  }
}

/** How many of the first so many rising texts are not above one. */
function after(count: number, at: (place: number) => string, text: string): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(middle) <= text) low = middle + 1
    else high = middle
  }
  return low
}
