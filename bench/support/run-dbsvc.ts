import { execa } from 'execa'
import type { Binary } from './binary.ts'

export interface Run {
  /** From spawn to exit. */
  readonly milliseconds: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  /** Exit statuses that are no failure. */
  readonly expected?: readonly number[]
  /** Of Node itself. */
  readonly nodeOptions?: readonly string[]
}

/** One process of dbsvc in a project's folder. @throws when it ends otherwise than expected */
export function runDbsvc(
  { file }: Binary,
  cwd: string,
  args: readonly string[],
  { nodeOptions = [], ...options }: RunOptions = {},
): Promise<Run> {
  return runNode([...nodeOptions, file, ...args], { ...options, cwd })
}

/** One process of Node. @throws when it ends otherwise than expected */
export async function runNode(
  args: readonly string[],
  { cwd, expected = [0] }: Omit<RunOptions, 'nodeOptions'> = {},
): Promise<Run> {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
  const started = performance.now()
  const { exitCode, stdout, stderr } = await execa(process.execPath, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env,
    extendEnv: false,
    reject: false,
  })
  const milliseconds = performance.now() - started
  if (exitCode === undefined || !expected.includes(exitCode)) {
    throw new Error(`node ${args.join(' ')} ended with ${exitCode}: ${stderr}`)
  }
  return { milliseconds, stdout, stderr }
}

/** What a command printed with `--json`: where it tells its events too, the result is the last line. */
export function resultOf<Result>({ stdout }: Run): Result {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Result
}
