import { readFile } from 'node:fs/promises'

export const mebibyte = 2 ** 20

/** Resident memory of a process, in MiB. Source: proc(5), statm. */
export async function residentMemory(pid: number): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, 'utf8')
  return (Number(statm.split(' ')[1]) * 4_096) / mebibyte
}
