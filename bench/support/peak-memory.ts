import type { Run, RunOptions } from './run-dbsvc.ts'

// Runs inside the program that is looked at. Not `resourceUsage().maxRSS`: Linux begins that with what the parent held when it
// started the program, and a benchmark holds more than dbsvc.
const meter = `
  import { existsSync, readFileSync } from 'node:fs'
  const status = '/proc/self/status'
  process.on('exit', () => {
    const [, kilobytes] = /^VmHWM:\\s+(\\d+) kB$/m.exec(existsSync(status) ? readFileSync(status, 'utf8') : '') ?? []
    process.stderr.write('\\npeak ' + kilobytes)
  })
`

/** Makes a run tell its peak. */
export const metered: RunOptions = { nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(meter)}`] }

/** MB (1024²) that a metered run held at its peak, as the kernel has counted it; NaN where there is no /proc. */
export function peakMb({ stderr }: Run): number {
  return Number(/^peak (\d+)$/m.exec(stderr)?.[1]) / 1024
}
