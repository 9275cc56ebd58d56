import { CacheError } from '@cachesmith/core'
import { CommanderError } from 'commander'
import { type ExitCode, Failure } from './failure.js'
import { terminal } from './output.js'
import { exitOf, program, type Surroundings } from './program.js'

const here = (): Surroundings => ({ folder: process.cwd(), env: process.env, out: terminal })

/** Runs one command; answers the exit code: 0 well, 1 it failed, 2 it was not understood or its configuration is wrong. */
export async function main(argv: readonly string[], surroundings = here()): Promise<ExitCode> {
  let code: ExitCode = 0
  try {
    const command = program(surroundings, (ended) => {
      code = ended
    })
    for (const sub of command.commands) sub.copyInheritedSettings(command)
    if (argv.length === 0) command.outputHelp()
    else await command.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return exitOf(error)
    const { tell } = surroundings.out
    // The user's and the surroundings' faults are one line; anything else is a bug and keeps its stack.
    if (error instanceof Failure) tell(`cachesmith: ${error.message}`)
    else if (error instanceof CacheError) tell(`cachesmith: ${error.message}`)
    else tell(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return error instanceof Failure ? error.code : 1
  }
  return code
}
