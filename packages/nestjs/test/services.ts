import { Cacheable, CacheConfig } from '@cachesmith/core'
import { Controller, Get, Injectable, type OnModuleInit, Param, Scope } from '@nestjs/common'

@Injectable()
@CacheConfig({ cache: 'people' })
export class People {
  asked = 0
  @Cacheable({ key: (id: string) => ['person', id] })
  async find(id: string): Promise<{ id: string; asked: number }> {
    return { id, asked: ++this.asked }
  }
}

/** Uses another service while the application starts. */
@Injectable()
export class Early implements OnModuleInit {
  started: unknown
  constructor(readonly people: People) {}
  async onModuleInit(): Promise<void> {
    this.started = await this.people.find('1')
  }
}

@Injectable({ scope: Scope.REQUEST })
@CacheConfig({ cache: 'people' })
export class PerRequest {
  static made = 0
  readonly number = ++PerRequest.made
  @Cacheable({ key: (id: string) => ['greeting', id] })
  async greet(id: string): Promise<string> {
    return `hello ${id} from ${this.number}`
  }
}

@Injectable({ scope: Scope.TRANSIENT })
@CacheConfig({ cache: 'people' })
export class Fleeting {
  @Cacheable({ key: (id: string) => ['fleeting', id] })
  async find(id: string): Promise<string> {
    return id
  }
}

@Controller('people')
@CacheConfig({ cache: 'people' })
export class PeopleController {
  constructor(
    readonly people: People,
    readonly perRequest: PerRequest,
  ) {}
  @Get(':id')
  async find(@Param('id') id: string): Promise<unknown> {
    return { person: await this.people.find(id), greeting: await this.perRequest.greet(id) }
  }
}

/** A controller whose route itself is cached: the decorators stand on one method. */
@Controller('answers')
@CacheConfig({ cache: 'people' })
export class AnswersController {
  asked = 0
  @Get(':id')
  @Cacheable({ key: (id: string) => ['answer', id] })
  async answer(@Param('id') id: string): Promise<unknown> {
    return { id, asked: ++this.asked }
  }
}

@Injectable()
export class WithStatic {
  readonly name = 'with static'
  @Cacheable({ cache: 'people', key: () => 'count' })
  static async count(): Promise<number> {
    return 7
  }
}
