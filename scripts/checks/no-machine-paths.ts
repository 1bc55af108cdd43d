import { report } from '../support/problems.ts'
import { textOf, trackedFiles } from '../support/repository.ts'

// The folders of whoever wrote a file; they lead nowhere on the machine of whoever reads it.
const ownFolder = /(?<![\w.$}-])\/(?:work|root|home\/\w+|Users\/\w+)(?:\/|\b(?=['"`\s]))/

const found = await Promise.all(
  (await trackedFiles()).map(async (path) => {
    const lines = (await textOf(path)).split('\n')
    return lines.flatMap((line, index) => {
      const match = ownFolder.exec(line)
      return match === null ? [] : [`${path}:${index + 1}: ${match[0]}`]
    })
  }),
)

// Where a package comes from is for each machine's own npm configuration to say.
const lock = JSON.parse(await textOf('package-lock.json')) as { packages: Record<string, { resolved?: string }> }
const hosts = Object.entries(lock.packages).flatMap(([name, { resolved = '' }]) =>
  /^https?:/.test(resolved) ? [`package-lock.json: ${name} is tied to ${new URL(resolved).host}`] : [],
)

report([...found.flat(), ...hosts])
