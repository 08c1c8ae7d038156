import { createSubscriber } from 'svelte/reactivity'

/** The time, to the second, for what counts up or down. It ticks only while something shows it and is seen. */
const subscribe = createSubscriber((update) => {
  let timer: ReturnType<typeof setInterval> | undefined
  const follow = () => {
    clearInterval(timer)
    timer = document.hidden ? undefined : setInterval(update, 1000)
    update()
  }
  document.addEventListener('visibilitychange', follow)
  timer = document.hidden ? undefined : setInterval(update, 1000)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', follow)
  }
})

/** Now, in milliseconds since the Unix epoch; what reads it in a view is computed anew each second. */
export function now(): number {
  subscribe()
  return Date.now()
}
