import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { mebibyte } from '../../../test/support/resident-memory.ts'
import { median } from '../median.ts'

// Runs inside the router: at SIGUSR2 it collects its garbage and prints what is left.
const meter = `
  process.on('SIGUSR2', () => {
    gc()
    gc()
    process.stderr.write('memory ' + JSON.stringify(process.memoryUsage()) + '\\n')
  })
`

/** Of Node itself, for a process that is to be asked. */
export const meteredNode = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(meter)}`]

/** MB (1024²) after garbage collection. */
export interface Memory {
  readonly residentMb: number
  readonly heapMb: number
}

const readings = 5
const pauseMs = 1_000

/** The median of several readings. @param log where the process prints to @throws when it does not answer */
export async function readMemory(pid: number, log: string): Promise<Memory> {
  const found: Memory[] = []
  for (let reading = 0; reading < readings; reading += 1) {
    const before = (await printed(log)).length
    process.kill(pid, 'SIGUSR2')
    found.push(await nextReading(log, before))
    await delay(pauseMs)
  }
  return {
    residentMb: median(found.map(({ residentMb }) => residentMb)),
    heapMb: median(found.map(({ heapMb }) => heapMb)),
  }
}

async function nextReading(log: string, known: number): Promise<Memory> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const found = (await printed(log))[known]
    if (found !== undefined) return found
    await delay(100)
  }
  throw new Error('the router did not tell its memory within 30 s')
}

async function printed(log: string): Promise<Memory[]> {
  const lines = (await readFile(log, 'utf8')).matchAll(/^memory (\{.*\})$/gm)
  return [...lines].map(([, json]) => {
    const { rss, heapUsed, external } = JSON.parse(json ?? '') as Record<'rss' | 'heapUsed' | 'external', number>
    return { residentMb: rss / mebibyte, heapMb: (heapUsed + external) / mebibyte }
  })
}
