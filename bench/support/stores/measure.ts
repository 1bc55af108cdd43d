import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binary } from '../binary.ts'
import { resultOf, runDbsvc, runNode } from '../run-dbsvc.ts'
import type { StoresProject } from './project.ts'

/** Milliseconds of each round, from spawn to exit. */
export interface OneCompany {
  readonly all: readonly number[]
  readonly alone: Readonly<Record<string, readonly number[]>>
}

/** In turn, so that a slow minute of the machine hits all alike. */
export async function createOne(
  binary: Binary,
  all: StoresProject,
  alone: readonly StoresProject[],
  rounds: number,
): Promise<OneCompany> {
  const times = new Map<StoresProject, number[]>([all, ...alone].map((project) => [project, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const [project, own] of times) {
      const args = ['tenant', 'create', `one_${project.name}_${round}`]
      const { milliseconds } = await runDbsvc(binary, project.directory, args)
      // The first fills caches.
      if (round > 0) own.push(milliseconds)
    }
  }
  return {
    all: times.get(all) ?? [],
    alone: Object.fromEntries(alone.map((project) => [project.name.replace('alone_', ''), times.get(project) ?? []])),
  }
}

/** Milliseconds for all of them, by one process. */
export async function createMany(
  binary: Binary,
  project: StoresProject,
  companies: readonly string[],
): Promise<number> {
  const file = join(project.directory, 'companies.txt')
  await writeFile(file, `${companies.join('\n')}\n`)
  return (await runDbsvc(binary, project.directory, ['tenant', 'create', '--from', file])).milliseconds
}

export interface DoctorTime {
  readonly milliseconds: number
  readonly companies: number
  /** What it found, of the gravest kind. */
  readonly errors: readonly string[]
}

export async function timeDoctor(binary: Binary, project: StoresProject): Promise<DoctorTime> {
  const run = await runDbsvc(binary, project.directory, ['doctor', '--json'], { expected: [0, 1, 2] })
  const { facts, findings } = resultOf<{
    facts: { companies: number }
    findings: readonly { severity: string; message: string }[]
  }>(run)
  const errors = findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  return { milliseconds: run.milliseconds, companies: facts.companies, errors }
}

/** Milliseconds until `dbsvc dev` is ready on data that an earlier one has left, as it prints them itself and from spawn to exit. */
export async function timeDev(
  binary: Binary,
  directory: string,
): Promise<{ readonly ready: number; readonly whole: number }> {
  const folder = join(directory, 'dev')
  await mkdir(folder)
  await chmod(folder, 0o755)
  const dev = (): ReturnType<typeof runNode> => runNode([binary.file, 'dev', '--exit', '--json'], { cwd: folder })
  await dev()
  const second = await dev()
  const { durationMs } = resultOf<{ durationMs: number }>(second)
  return { ready: durationMs, whole: second.milliseconds }
}
