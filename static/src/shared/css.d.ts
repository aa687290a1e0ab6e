/** A style sheet that a module imports comes as its text; `wear` puts it on. */
declare module '*.css' {
  const text: string
  export default text
}
