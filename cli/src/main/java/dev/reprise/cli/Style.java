package dev.reprise.cli;

/// Colours, where they are wanted.
enum Style {
    PLAIN {
        @Override
        String paint(String code, String text) {
            return text;
        }
    },
    ANSI {
        @Override
        String paint(String code, String text) {
            return "\u001b[" + code + "m" + text + "\u001b[0m";
        }
    };

    static Style of(Terminal terminal) {
        return terminal.colours() ? ANSI : PLAIN;
    }

    abstract String paint(String code, String text);

    String error(String text) {
        return paint("1;31", text);
    }

    String warning(String text) {
        return paint("33", text);
    }

    String hint(String text) {
        return paint("1", text);
    }
}
