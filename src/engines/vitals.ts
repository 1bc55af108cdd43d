/** Figures of an engine by the names the specification gives them; null where this server does not tell, or has nothing to tell of yet. */
export type EngineVitals = Readonly<Record<string, number | Readonly<Record<string, number>> | null>>
