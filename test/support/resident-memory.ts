import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

export const mebibyte = 2 ** 20

/** Resident memory of a process, in MiB. Source: proc(5), statm. */
export async function residentMemory(pid: number): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, 'utf8')
  return (Number(statm.split(' ')[1]) * 4_096) / mebibyte
}

const lookEveryMs = 250
const alikeLooks = 8
/** What a look at the engines or at isolation takes comes and goes. */
const alikeMb = 10

/** The same, once it has stayed what it is for two seconds: V8 compiles in the background, which takes memory for a while. */
export async function settledMemory(pid: number): Promise<number> {
  const last: number[] = []
  for (;;) {
    last.push(await residentMemory(pid))
    if (last.length > alikeLooks) last.shift()
    if (last.length === alikeLooks && Math.max(...last) - Math.min(...last) < alikeMb) return Math.max(...last)
    await delay(lookEveryMs)
  }
}
