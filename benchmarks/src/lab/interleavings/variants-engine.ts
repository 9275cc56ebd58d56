import { type Flight, Flights, Trust, type Writing } from './core.js'
import { patch, patches } from './patch.js'
import type { Variant } from './variants.js'

const { prototype } = Flights
const positionOf = (flights: Flights) => (flights as unknown as { position: { n: number; moved: number } }).position

const of = (name: string, about: string, world: 'memory' | 'keyv', plant: () => () => void): Variant => ({
  name,
  about,
  world,
  mustBeCaught: true,
  plant,
})

/** Bugs of one process: its fences, its flights, its writers, its trust. */
export const engineVariants: readonly Variant[] = [
  of('no-fence', 'every load is kept', 'memory', () => patch(prototype, 'stands', () => () => true)),
  of('evict-does-not-detach', 'an evict or a put leaves loads of its key under way', 'memory', () =>
    patch(prototype, 'detach', () => () => {}),
  ),
  of('tag-does-not-detach', 'a load may be joined though a tag was invalidated since it began', 'memory', () =>
    patch(
      prototype,
      'joinable',
      (joinable) =>
        function (this: Flights, key, method) {
          const position = positionOf(this)
          const { moved } = position
          position.moved = -1
          const found = joinable.call(this, key, method)
          position.moved = moved
          return found
        },
    ),
  ),
  of('position-after-load', 'the position of an entry is taken after its load', 'memory', () =>
    patch(
      prototype,
      'begin',
      (begin) =>
        function (this: Flights, key, method) {
          const flight = begin.call(this, key, method)
          return Object.defineProperty(flight, 'began', { get: () => positionOf(this).n })
        },
    ),
  ),
  of('no-overlap-of-puts', 'puts of one key do not see each other', 'memory', overlapUnseen),
  of(
    'promote-always',
    'what was read from the store enters memory, whatever was invalidated meanwhile',
    'keyv',
    promoted,
  ),
  of('memory-trusted-for-ever', 'memory is served without a look at what others did', 'keyv', () =>
    patch(Trust.prototype, 'holds', () => () => true),
  ),
]

/** Neither the beginning of a put nor its end tells the others of its key. */
function overlapUnseen(): () => void {
  const writings = new Set<Writing>()
  const asBefore = <T>(work: () => T): T => {
    const before = [...writings].map((writing) => [writing, writing.spoiled] as const)
    const answer = work()
    for (const [writing, spoiled] of before) writing.spoiled = spoiled
    return answer
  }
  return patches(
    () =>
      patch(
        prototype,
        'beginWriting',
        (beginWriting) =>
          function (this: Flights, key) {
            const writing = asBefore(() => beginWriting.call(this, key))
            writing.spoiled = false
            writings.add(writing)
            return writing
          },
      ),
    () =>
      patch(
        prototype,
        'detach',
        (detach) =>
          function (this: Flights, key, except) {
            if (except === undefined) detach.call(this, key)
            else asBefore(() => detach.call(this, key, except))
          },
      ),
    () =>
      patch(
        prototype,
        'endWriting',
        (endWriting) =>
          function (this: Flights, writing) {
            writings.delete(writing)
            endWriting.call(this, writing)
          },
      ),
  )()
}

/** Until its loader has started, a flight has only looked into the store. */
function promoted(): () => void {
  const loading = new WeakSet<Flight>()
  const undo = patch(
    prototype,
    'begin',
    (begin) =>
      function (this: Flights, key, method) {
        const flight = begin.call(this, key, method)
        return Object.defineProperty(flight, 'starting', {
          get: () => false,
          set: () => void loading.add(flight),
        })
      },
  )
  const undone = patch(
    prototype,
    'stands',
    (stands) =>
      function (this: Flights, flight, tags) {
        return !loading.has(flight) || stands.call(this, flight, tags)
      },
  )
  return () => {
    undone()
    undo()
  }
}
