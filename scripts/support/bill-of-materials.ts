import { execa } from 'execa'
import { root } from './repository.ts'

interface CycloneDx {
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

interface Component {
  readonly 'bom-ref': string
  readonly properties?: readonly { readonly name: string; readonly value: string }[]
}

/**
 * What is installed with dbsvc, in CycloneDX's JSON, by the lock file. Packages of development are taken out here: --omit=dev of
 * npm 11 leaves out also what both need.
 */
export async function billOfMaterials(): Promise<string> {
  const { stdout } = await execa('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], { cwd: root })
  const whole = JSON.parse(stdout) as CycloneDx
  const left = new Set(whole.components.filter(isOfDevelopment).map((component) => component['bom-ref']))
  const bill = {
    ...whole,
    components: whole.components.filter((component) => !left.has(component['bom-ref'])),
    dependencies: whole.dependencies
      .filter(({ ref }) => !left.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => !left.has(other)) })),
  }
  return `${JSON.stringify(bill, null, 2)}\n`
}

const isOfDevelopment = ({ properties = [] }: Component): boolean =>
  properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true')
