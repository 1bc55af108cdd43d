import { fileURLToPath } from 'node:url'
import { sourceBin } from './install-package.ts'

/** Code of dbsvc that a process shall run in other words, so that a test can show what a line is good for. */
export interface Alteration {
  /** Below src/. */
  readonly file: string
  /** Must be there. */
  readonly from: string
  readonly to: string
}

const hook = fileURLToPath(new URL('./alter-sources.ts', import.meta.url))

/** What `spawnDbsvc` takes so that dbsvc runs from the sources with these alterations. */
export const altered = (alterations: readonly Alteration[]) => ({
  bin: sourceBin,
  env: { NODE_OPTIONS: `--import=${hook}`, DBSVC_TEST_ALTERATIONS: JSON.stringify(alterations) },
})
