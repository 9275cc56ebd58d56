// biome-ignore lint/style/useImportType: Nest finds the class in the constructor's emitted metadata
import { CachesHealth, CachesmithModule } from '@cachesmith/nestjs'
import { Body, Controller, Get, Module, NotFoundException, Param, Put } from '@nestjs/common'
import { type City, CityRepository, CityService } from './cities.js'

@Controller('cities')
class CityController {
  constructor(
    private readonly cities: CityService,
    private readonly repository: CityRepository,
  ) {}

  @Get(':id')
  async find(@Param('id') id: string): Promise<City & { asked: number }> {
    const city = await this.cities.find(id)
    if (city === undefined) throw new NotFoundException(`no city ${id}`)
    return { ...city, asked: this.repository.asked }
  }

  @Put(':id')
  async rename(@Param('id') id: string, @Body() { name }: { name: string }): Promise<void> {
    await this.cities.rename(id, name)
  }
}

@Controller('health')
class HealthController {
  constructor(private readonly caches: CachesHealth) {}

  @Get()
  check(): Promise<unknown> {
    return this.caches.check()
  }
}

@Module({
  imports: [CachesmithModule.forRoot({ caches: { cities: { ttl: '10m' } } })],
  controllers: [CityController, HealthController],
  providers: [CityRepository, CityService],
})
export class AppModule {}
