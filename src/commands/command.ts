import type { Readable } from 'node:stream'
import type { Command } from 'commander'
import type { LoadedConfig } from '../config/load.ts'
import type { Output } from '../output/output.ts'

/** What a command may touch of the world outside. */
export interface CommandContext {
  readonly output: Output
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborts on SIGINT and SIGTERM; work under way finishes its transaction, no new one begins. */
  readonly signal: AbortSignal
  readonly stdin: Readable
  /** Reads the configuration once; commands that need none never pay for it. */
  loadConfig(): Promise<LoadedConfig>
}

/** One command: how its line is parsed, and the one use-case it calls. */
export interface CommandModule {
  /** Adds arguments, options and examples; the summary comes from the registry. */
  configure(command: Command): void
  /** Returns the exit code, 0 when it returns nothing. Failures are thrown as DbsvcError. */
  run(
    context: CommandContext,
    args: readonly unknown[],
    options: Readonly<Record<string, unknown>>,
  ): Promise<number | undefined>
}

/** Types arguments and options as the command declared them to commander; commander's own typing ends at its action handler. */
export function defineCommand<Args extends readonly unknown[], Options extends object>(
  configure: (command: Command) => void,
  run: (context: CommandContext, args: Args, options: Options) => Promise<number | undefined>,
): CommandModule {
  return { configure, run: run as unknown as CommandModule['run'] }
}

/** Appends an Examples section to `--help`. */
export function examples(command: Command, lines: readonly string[]): void {
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`)
}
