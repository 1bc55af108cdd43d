import { writeFileSync } from 'node:fs'

/**
 * Leaves memory out of the core dump of this process and of those that it starts: passwords, keys and rows are in it. Linux alone lets a
 * process say so (core(5)); elsewhere it is for whoever runs it to allow no dumps.
 */
export function leaveMemoryOutOfDumps(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0')
  } catch {
    // There is no such file, or it may not be written.
  }
}
