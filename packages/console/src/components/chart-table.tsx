// The values of a chart as a table, the newest first.
import { Table } from '@mantine/core'
import { activityText as words } from '../strings/detail.ts'
import { momentText, valueText } from './chart-text.ts'
import type { Series } from './series.ts'

export interface ChartTableProps {
  readonly title: string
  readonly times: readonly string[]
  readonly series: readonly Series[]
}

export function ChartTable({ title, times, series }: ChartTableProps) {
  return (
    <div
      className="scroll-table"
      tabIndex={0}
      role="region"
      aria-label={title}
      style={{ maxHeight: 320, overflowY: 'auto' }}
    >
      <Table aria-label={title} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.time}</Table.Th>
            {series.map(({ label }) => (
              <Table.Th key={label} ta="right">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {times
            .map((at, index) => (
              <Table.Tr key={at}>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>{momentText(at, Date.now())}</Table.Td>
                {series.map(({ label, values }) => (
                  <Table.Td key={label} ta="right">
                    {valueText(values[index])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))
            .toReversed()}
        </Table.Tbody>
      </Table>
    </div>
  )
}
