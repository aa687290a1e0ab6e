// What a browser calls itself, in words: as far as it can be told, which is never certain.

const browsers: readonly [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
]

const systems: readonly [RegExp, string][] = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** "Firefox, Linux"; what is no browser says what it is: "curl/8.5.0". */
export function device(agent: string): string {
  const of = (list: readonly [RegExp, string][]) => list.find(([sign]) => sign.test(agent))?.[1]
  const browser = of(browsers)
  const system = of(systems)
  if (browser && system) return `${browser}, ${system}`
  return browser ?? system ?? (agent.slice(0, 60) || '–')
}
