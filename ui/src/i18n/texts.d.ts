declare module 'virtual:texts/keys' {
  const keys: string[]
  export default keys
}
declare module 'virtual:texts/*' {
  const texts: string[]
  export default texts
}
