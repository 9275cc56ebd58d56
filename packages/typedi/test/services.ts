import 'reflect-metadata'
import { Cacheable } from '@cachesmith/core'
import { Inject, Service, Token } from 'typedi'

@Service()
export class People {
  source = 0

  @Cacheable({ cache: 'people' })
  async find(id: string): Promise<string> {
    this.source++
    return `person ${id}`
  }

  @Cacheable({ cache: 'people' })
  static async count(): Promise<number> {
    return 7
  }
}

/** Uses what is injected in its own constructor, and its own decorated method. */
@Service()
export class Greeter {
  readonly first: Promise<string>
  readonly own: Promise<string>

  constructor(readonly people: People) {
    this.first = people.find('1')
    this.own = this.greet('1')
  }

  @Cacheable({ cache: 'greetings' })
  async greet(id: string): Promise<string> {
    return `hello ${await this.people.find(id)}`
  }
}

@Service()
export class WithProperty {
  @Inject()
  readonly people!: People
}

@Service({ transient: true })
export class Fleeting {
  @Cacheable({ cache: 'people' })
  async find(id: string): Promise<string> {
    return `fleeting ${id}`
  }
}

@Service({ global: true })
export class Everywhere {
  @Cacheable({ cache: 'people' })
  async find(id: string): Promise<string> {
    return `everywhere ${id}`
  }
}

@Service()
export class Plain {}

export const peopleToken = new Token<People>('people')

/** Two that know each other: the second is built while the first's properties are being injected. */
@Service()
export class Left {
  @Inject(() => Right)
  readonly right!: unknown

  @Cacheable({ cache: 'people' })
  async find(id: string): Promise<string> {
    return `left ${id}`
  }
}

@Service()
export class Right {
  readonly seen: Promise<string>

  constructor(readonly left: Left) {
    this.seen = left.find('1')
  }
}
