import { Command, CommanderError } from 'commander'
import type { CommandContext } from './commands/command.ts'
import { groups, type RegistryEntry, registry } from './commands/registry.ts'
import type { DbsvcError } from './core/errors/error.ts'
import { ExitCode } from './core/exit-codes.ts'
import { leaveMemoryOutOfDumps } from './machine/core-dump.ts'
import { createOutput, type Output } from './output/output.ts'
import { ownVersion } from './own-version.ts'

interface GlobalOptions {
  readonly config?: string
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Runs one command line and sets `process.exitCode`; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  leaveMemoryOutOfDumps()
  const words = withoutHelpOfNothing(withoutHelpCommand(argv.slice(2)))
  const output = createOutput(process, {
    json: words.includes('--json'),
    quiet: words.includes('--quiet') || words.includes('-q'),
    verbose: words.includes('--verbose'),
    terminal: process.stderr.isTTY ? process.stderr : undefined,
    now: Date.now,
  })
  const interrupt = new AbortController()
  const letGo = [onFirst('SIGINT', () => interrupt.abort()), onFirst('SIGTERM', () => interrupt.abort())]
  onFirstLoss((error) => void reportLoss(error, output))
  try {
    process.exitCode = await run(words, output, interrupt.signal)
  } catch (error) {
    const failure = await failureOf(error, words)
    output.failure(failure)
    process.exitCode = failure.exitCode
  } finally {
    for (const off of letGo) off()
  }
}

/**
 * Listens for what stdout could not take, such as on a full disk, once. A reader that goes away, such as `| head`, has had what it
 * wanted: a command that changes something goes on to its end all the same.
 */
function onFirstLoss(listener: (error: Error) => void): void {
  let lost = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!lost && error.code !== 'EPIPE') listener(error)
    lost = true
  })
}

async function reportLoss(error: Error, output: Output): Promise<void> {
  const { DbsvcError } = await import('./core/errors/error.ts')
  const failure = DbsvcError.of('DBS-1905', { reason: error.message }, error)
  output.failure(failure)
  // The command itself may still be at work, and say at its end that all is well.
  process.once('exit', () => {
    process.exitCode ||= failure.exitCode
  })
}

/**
 * Listens for the signal once; the second ends the process as it always does. `process.once` is no help: it lets go before the
 * listeners of packages that guard the terminal, and these end the process when they find themselves alone.
 */
function onFirst(signal: NodeJS.Signals, listener: () => void): () => void {
  const off = (): void => void process.off(signal, first)
  const first = (): void => {
    listener()
    setImmediate(off)
  }
  process.on(signal, first)
  return off
}

/** `dbsvc help migrate up` is `dbsvc migrate up --help`: commander's own help command knows one level only. */
function withoutHelpCommand(words: readonly string[]): readonly string[] {
  const [first, ...rest] = words
  return first === 'help' && rest.length > 0 ? [...rest, '--help'] : words
}

/** Help for what is no command is left out: commander shows that of its group, as though there were nothing wrong. */
function withoutHelpOfNothing(words: readonly string[]): readonly string[] {
  const names = namesIn(words)
  const known = knownPath(names)
  if (known.length === names.length || isCommand(known)) return words
  return words.filter((word) => word !== '--help' && word !== '-h')
}

async function run(words: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  let exitCode: number = ExitCode.Ok
  const program = buildProgram()
  const entry = findEntry(words)
  for (const candidate of registry) {
    const command = addCommand(program, candidate)
    if (candidate !== entry) continue
    const { command: module } = await candidate.load()
    module.configure(command)
    command.action(async () => {
      const context = createContext(output, signal, program.opts<GlobalOptions>())
      exitCode = (await module.run(context, command.processedArgs, command.opts())) ?? ExitCode.Ok
    })
  }
  try {
    await program.parseAsync([...words], { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return ExitCode.Ok
    // Help asked for by leaving the command out; commander has printed it.
    if (error.code === 'commander.help') return ExitCode.Usage
    throw error
  }
}

/** Loads the catalogue of errors, which help and version do without. */
async function failureOf(error: unknown, words: readonly string[]): Promise<DbsvcError> {
  const { DbsvcError, reasonOf } = await import('./core/errors/error.ts')
  const wrongLine = (reason: string): DbsvcError =>
    DbsvcError.of('DBS-1903', { reason, command: ['dbsvc', ...meantPath(words)].join(' ') }, error)
  if (error instanceof CommanderError) return wrongLine(error.message.replace(/^error: /, ''))
  if (error instanceof DbsvcError) return error.code === 'DBS-1903' ? wrongLine(error.message) : error
  return DbsvcError.of('DBS-1902', { reason: reasonOf(error) }, error)
}

function buildProgram(): Command {
  const program = new Command('dbsvc')
    .description('Gives each company its own safe place in PostgreSQL, and keeps all of them on one schema version.')
    .version(ownVersion(), '-V, --version')
    .option('-c, --config <file>', 'use this configuration file')
    .option('--json', 'print JSON on stdout: one document, after the events of a run', false)
    .option('-q, --quiet', 'no notes on stderr', false)
    .option('--verbose', 'stack traces of errors', false)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText(
      'after',
      '\nExamples:\n  $ dbsvc dev\n  $ dbsvc migrate up\n  $ dbsvc tenant create company_abc\n\nExit codes and error codes: docs/exit-codes.md, docs/errors.md',
    )
  for (const [path, summary] of Object.entries(groups)) {
    const names = path.split(' ')
    childOf(program, names.slice(0, -1))
      .command(names.at(-1) ?? path)
      .description(summary)
  }
  return program
}

/** The command a line names. */
function findEntry(words: readonly string[]): RegistryEntry | undefined {
  const names = namesIn(words)
  return registry.find((entry) => entry.path.every((name, index) => names[index] === name))
}

/** The words that are no global flags, which may stand anywhere before or between them. */
const namesIn = (words: readonly string[]): readonly string[] =>
  words
    .filter((word, index) => !word.startsWith('-') && !takesValue(words[index - 1]))
    .filter((name) => name !== 'help')

/** As many of the words as name a group or a command. */
function knownPath(names: readonly string[]): readonly string[] {
  const shared = (path: readonly string[]): number => path.findIndex((name, index) => names[index] !== name)
  const depths = registry.map(({ path }) => (shared(path) === -1 ? path.length : shared(path)))
  return names.slice(0, Math.max(...depths))
}

const isCommand = (names: readonly string[]): boolean => registry.some(({ path }) => path.join() === names.join())

/** What a wrong line most likely meant: `migrate status` for `status`, which is in one group alone. */
function meantPath(words: readonly string[]): readonly string[] {
  const names = namesIn(words)
  const known = knownPath(names)
  const [only, ...others] = registry.filter(({ path }) => path.length > 1 && path.at(-1) === names[0])
  return known.length === 0 && only !== undefined && others.length === 0 ? only.path : known
}

const takesValue = (word: string | undefined): boolean => word === '-c' || word === '--config'

function addCommand(program: Command, entry: RegistryEntry): Command {
  const parent = childOf(program, entry.path.slice(0, -1))
  return parent.command(entry.path.at(-1) ?? '').description(entry.summary)
}

function childOf(program: Command, path: readonly string[]): Command {
  return path.reduce((parent, name) => parent.commands.find((child) => child.name() === name) ?? parent, program)
}

function createContext(output: Output, signal: AbortSignal, options: GlobalOptions): CommandContext {
  const cwd = process.cwd()
  const env = process.env
  return {
    output,
    cwd,
    env,
    signal,
    // Opened only where it is read: Node keeps it for itself from then on.
    get stdin() {
      return process.stdin
    },
    async loadConfig() {
      const { loadConfig } = await import('./config/loader.ts')
      return loadConfig({ cwd, env, ...(options.config === undefined ? {} : { file: options.config }) }, (secret) =>
        output.conceal(secret),
      )
    },
  }
}
