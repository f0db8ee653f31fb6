// The groups of the navigation below Models.
import { NavLink, type NavLinkProps } from '@mantine/core'
import { createLink, useRouterState } from '@tanstack/react-router'
import { forwardRef } from 'react'
import { PAGE_GROUPS } from './pages.ts'
import { useOtherPages } from './use-other-pages.ts'

const GroupLink = createLink(
  forwardRef<HTMLAnchorElement, Omit<NavLinkProps, 'href'>>(function GroupLink(props, ref) {
    return <NavLink ref={ref} {...props} />
  }),
)

export function PlatformNavigation() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const seen = useOtherPages()
  return PAGE_GROUPS.map(({ id, title, pages }) => {
    const shown = pages.filter((page) => seen.includes(page))
    if (shown.length === 0) return null
    return (
      <div key={id}>
        <div className="nav-group" id={`nav-${id}`}>
          {title}
        </div>
        <ul aria-labelledby={`nav-${id}`} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          {shown.map(({ to, label, icon: Icon }) => {
            const isHere = path.startsWith(to)
            return (
              <li key={to}>
                <GroupLink
                  to={to}
                  label={label}
                  leftSection={<Icon size={17} stroke={1.75} aria-hidden />}
                  active={isHere}
                  {...(isHere && { 'aria-current': 'page' as const })}
                />
              </li>
            )
          })}
        </ul>
      </div>
    )
  })
}
