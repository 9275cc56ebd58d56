import { readFileSync } from 'node:fs'
import { Argument, Command, type CommanderError, InvalidArgumentError } from 'commander'
import { doctor } from './commands/doctor.js'
import { evict } from './commands/evict.js'
import { inspect } from './commands/inspect.js'
import { stats } from './commands/stats.js'
import { warm } from './commands/warm.js'
import { actOnWrites, type Deed, writes } from './commands/writes.js'
import type { ExitCode } from './failure.js'
import type { Output } from './output.js'
import { type CommonOptions, Session } from './session.js'

/** What the command stands in. */
export interface Surroundings {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly out: Output
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** The command line's grammar. An action answers how the command ends. */
export function program({ folder, env, out }: Surroundings, ended: (code: ExitCode) => void): Command {
  const command = (usage: string, says: string): Command =>
    new Command(usage.split(' ')[0])
      .description(says)
      .option('--config <file>', 'the configuration (default: cachesmith.config.js or .ts of this folder)')
      .option('--url <url>', 'the inspector of the running application (or CACHESMITH_URL)')
      .option('--token <token>', 'its token (or CACHESMITH_TOKEN)')
      .option('--json', 'one JSON object instead of text')
  /** Opens a session, and closes it whatever happens. */
  const act = async (options: CommonOptions, work: (session: Session) => Promise<unknown>): Promise<void> => {
    const session = new Session(options, out, folder, env)
    try {
      ended((await work(session)) === false ? 1 : 0)
    } finally {
      await session.end()
    }
  }

  return new Command('cachesmith')
    .description('Looks into the caches of an application, evicts, warms, and minds its writes.')
    .version(version)
    .showHelpAfterError('(`cachesmith --help` lists the commands, `cachesmith <command> --help` its options)')
    .configureOutput({ writeOut: (text) => out.write(text.trimEnd()), writeErr: (text) => out.tell(text.trimEnd()) })
    .exitOverride()
    .addCommand(
      command('stats', 'counts of the running application')
        .argument('[cache]', 'one cache, with its methods and reasons of misses')
        .action((name, options) => act(options, (session) => stats(session, name))),
    )
    .addCommand(
      command(
        'inspect',
        'one entry: ages, tags, and why the last call on it hit or missed; exit code 1 where there is none',
      )
        .argument('<cache>')
        .argument('<key>', 'text, or JSON: a list is the list of parts, such as \'["user","1"]\'')
        .option('--value', 'its value too (an inspector gives it only where the application allows that)')
        .action((name, key, options) => act(options, (session) => inspect(session, name, key, options.value === true))),
    )
    .addCommand(
      command('evict', 'evicts an entry, tags, or a whole cache, in every process')
        .argument('<cache>')
        .argument('[key]')
        .option('--tag <tag...>', 'entries that bear one of these tags')
        .option('--all', 'every entry of the cache')
        .option('--yes', 'does not ask')
        .action((name, key, options) => act(options, (session) => evict(session, name, key, options))),
    )
    .addCommand(
      command('warm', 'runs a task of the configuration, which fills a cache before the traffic comes')
        .argument('[task]', 'without: lists the tasks')
        .option('--concurrency <n>', 'calls at a time', positive)
        .option('--rate <n>', 'calls per second at most', positive)
        .option('--resume', 'goes on where an earlier run was cut short')
        .action((name, options) => act(options, (session) => warm(session, name, options))),
    )
    .addCommand(
      command('writes', 'write-behind of a cache: what is pending, parked and given up')
        .argument('<cache>')
        .addArgument(new Argument('[deed]', 'what to do with them').choices(['replay', 'discard', 'flush']))
        .argument('[id]', 'the dead letter')
        .action((name, deed: Deed | undefined, id, options) =>
          act(options, (session) =>
            deed === undefined ? writes(session, name) : actOnWrites(session, name, deed, id),
          ),
        ),
    )
    .addCommand(
      command('doctor', 'checks configuration, versions, stores, write log and clocks, and says what to fix').action(
        (options) => act(options, doctor),
      ),
    )
}

function positive(text: string): number {
  const n = Number(text)
  if (!(Number.isFinite(n) && n > 0)) throw new InvalidArgumentError('It takes a number above 0.')
  return n
}

/** Commander's own way out: help and version are no errors. */
export const exitOf = (error: CommanderError): ExitCode => (error.exitCode === 0 ? 0 : 2)
