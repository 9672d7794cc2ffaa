package dev.reprise.cli.restic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A table of text: columns as wide as their widest cell, cells of several lines, a rule above and below.
final class TextTable {
    private static final String SEPARATOR = "  ";

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    /// @param header one title for each column; spaces at its end make the column wider
    TextTable(List<String> header) {
        this.header = header;
    }

    /// @param cells one for each column; a cell's lines are separated by line feeds
    void add(List<String> cells) {
        rows.add(List.copyOf(cells));
    }

    /// @param spaced whether an empty line stands between rows
    List<String> lines(boolean spaced) {
        int[] widths = widths();
        int total = Arrays.stream(widths).sum() + (widths.length - 1) * SEPARATOR.length();
        var lines = new ArrayList<String>();
        append(lines, header, widths);
        lines.add("-".repeat(total));
        for (int i = 0; i < rows.size(); i++) {
            if (spaced && i > 0) {
                lines.add("");
            }
            append(lines, rows.get(i), widths);
        }
        lines.add("-".repeat(total));
        return lines;
    }

    private int[] widths() {
        int[] widths = new int[header.size()];
        widen(widths, header);
        rows.forEach(row -> widen(widths, row));
        return widths;
    }

    private static void widen(int[] widths, List<String> row) {
        for (int i = 0; i < widths.length; i++) {
            for (String line : row.get(i).split("\n", -1)) {
                widths[i] = Math.max(widths[i], width(line));
            }
        }
    }

    private static void append(List<String> lines, List<String> row, int[] widths) {
        List<String[]> cells = row.stream().map(cell -> cell.split("\n", -1)).toList();
        int height = cells.stream().mapToInt(cell -> cell.length).max().orElse(1);
        for (int y = 0; y < height; y++) {
            var line = new StringBuilder();
            for (int x = 0; x < widths.length; x++) {
                String text = y < cells.get(x).length ? cells.get(x)[y] : "";
                line.append(x > 0 ? SEPARATOR : "").append(text);
                line.append(" ".repeat(Math.max(0, widths[x] - width(text))));
            }
            lines.add(line.toString().replaceFirst(" +$", ""));
        }
    }

    /// Cells of a terminal: two for the characters of East Asia and for pictures.
    private static int width(String text) {
        return text.codePoints().map(TextTable::width).sum();
    }

    private static int width(int c) {
        boolean wide = (c >= 0x1100 && c <= 0x115f)
                || (c >= 0x2e80 && c <= 0x303e)
                || (c >= 0x3041 && c <= 0xa4cf)
                || (c >= 0xa960 && c <= 0xa97c)
                || (c >= 0xac00 && c <= 0xd7a3)
                || (c >= 0xf900 && c <= 0xfaff)
                || (c >= 0xfe30 && c <= 0xfe6f)
                || (c >= 0xff01 && c <= 0xff60)
                || (c >= 0xffe0 && c <= 0xffe6)
                || (c >= 0x1f300 && c <= 0x1f64f)
                || (c >= 0x1f680 && c <= 0x1f6fc)
                || (c >= 0x1f7e0 && c <= 0x1f7f0)
                || (c >= 0x1f90c && c <= 0x1faff)
                || (c >= 0x20000 && c <= 0x3fffd);
        return wide ? 2 : 1;
    }
}
