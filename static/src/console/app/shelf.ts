/** localStorage, or nothing where the browser refuses even to name it. */
export function shelf(): Storage | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}
