import { readdir, readFile } from 'node:fs/promises'

// The unit of /proc is 1/100 s on every Linux that Node runs on.
const millisecondsPerTick = 10

/**
 * Processor time in ms that this process, its children and the server with its sessions have used so far; NaN where there
 * is no /proc. Other programs on the machine change it little, and the time on the clock a lot.
 */
export async function processorTime(serverPid: number): Promise<number> {
  let ticks = 0
  for (const name of await readdir('/proc').catch(() => [])) {
    const usage = /^\d+$/.test(name) ? await usageOf(name) : undefined
    if (usage === undefined) continue
    const pid = Number(name)
    if (pid === serverPid || pid === process.pid) ticks += usage.own + usage.endedChildren
    else if (usage.parent === serverPid || usage.parent === process.pid) ticks += usage.own
  }
  return ticks === 0 ? Number.NaN : ticks * millisecondsPerTick
}

interface Usage {
  readonly parent: number
  readonly own: number
  readonly endedChildren: number
}

async function usageOf(pid: string): Promise<Usage | undefined> {
  // A process may end while the list is read.
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  // Behind the name in parentheses, which may hold blanks, come fields 3 and on of proc(5).
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const field = (number: number): number => fields[number - 3] ?? 0
  return { parent: field(4), own: field(14) + field(15), endedChildren: field(16) + field(17) }
}
