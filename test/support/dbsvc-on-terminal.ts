import { execa, execaSync } from 'execa'
import { afterAll, inject } from 'vitest'
import type { DbsvcOptions } from './dbsvc.ts'

/** A `dbsvc` whose three streams are a terminal of 80 columns and 24 rows. It is killed after the test file at the latest. */
export interface DbsvcOnTerminal {
  /** Resolves with all that was written to the terminal; never rejects. */
  readonly exited: Promise<{ readonly exitCode: number | null; readonly written: string }>
  /** As if typed; `\u0003` is Ctrl-C. */
  type(keys: string): void
  /** Resolves once `text` was written. Rejects after 30 s with what was. */
  waitFor(text: string): Promise<void>
}

const abort = new AbortController()
afterAll(() => abort.abort())

/** Why there is no terminal to be had; undefined where there is. It comes from util-linux, which Debian has by itself. */
export function noTerminal(): string | undefined {
  const { stdout } = execaSync('script', ['--version'], { reject: false })
  return String(stdout).includes('util-linux') ? undefined : 'the command script of util-linux is not installed'
}

export function dbsvcOnTerminal(args: readonly string[], { cwd, env }: DbsvcOptions): DbsvcOnTerminal {
  const command = [process.execPath, inject('dbsvcBin'), ...args].map((word) => `'${word}'`).join(' ')
  const subprocess = execa('script', ['-qefc', `stty columns 80 rows 24; exec ${command}`, '/dev/null'], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', TERM: 'xterm', SHELL: '/bin/sh', ...env },
    extendEnv: false,
    stdin: 'pipe',
    timeout: 60_000,
    cancelSignal: abort.signal,
    reject: false,
    stripFinalNewline: false,
  })
  let written = ''
  subprocess.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk
  })
  return {
    exited: subprocess.then(({ exitCode, stdout }) => ({ exitCode: exitCode ?? null, written: stdout })),
    type: (keys) => void subprocess.stdin.write(keys),
    async waitFor(text) {
      const deadline = performance.now() + 30_000
      while (!written.includes(text)) {
        if (performance.now() > deadline) throw new Error(`dbsvc did not write ${text}, but:\n${written}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}
