/** `shared` is applied once per cluster, `tenant` once per company, `control` is what dbsvc itself needs, once per cluster. */
export type Scope = 'control' | 'shared' | 'tenant'

/** The scopes whose migrations belong to a project; `control` ships with dbsvc. */
export type ProjectScope = Exclude<Scope, 'control'>

/** In the order they are applied. */
export const projectScopes: readonly ProjectScope[] = ['shared', 'tenant']
