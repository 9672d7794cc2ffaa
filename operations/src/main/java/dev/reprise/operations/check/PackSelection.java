package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which packs a check reads whole (repository format, section 10.3).
public sealed interface PackSelection {
    /// @param sizes bytes of every pack that could be read, by id
    Set<ObjectId> choose(Map<ObjectId, Long> sizes);

    record None() implements PackSelection {
        @Override
        public Set<ObjectId> choose(Map<ObjectId, Long> sizes) {
            return Set.of();
        }
    }

    record All() implements PackSelection {
        @Override
        public Set<ObjectId> choose(Map<ObjectId, Long> sizes) {
            return sizes.keySet();
        }
    }

    /// Packs whose first byte, divided by `of`, leaves `number` − 1: after all groups every pack was read once.
    ///
    /// @param number 1 to `of`
    /// @param of     1 to 256
    record Group(int number, int of) implements PackSelection {
        public Group {
            if (number < 1 || number > of || of > 256) {
                throw new IllegalArgumentException("no group %d of %d".formatted(number, of));
            }
        }

        @Override
        public Set<ObjectId> choose(Map<ObjectId, Long> sizes) {
            Set<ObjectId> chosen = new HashSet<>();
            for (ObjectId pack : sizes.keySet()) {
                if ((int) (pack.w0() >>> 56) % of == number - 1) {
                    chosen.add(pack);
                }
            }
            return chosen;
        }
    }

    /// That share of the packs, at least one, drawn at random.
    ///
    /// @param percent above 0, at most 100
    record Share(double percent, Random random) implements PackSelection {
        @Override
        public Set<ObjectId> choose(Map<ObjectId, Long> sizes) {
            return draw(sizes, percent / 100, random);
        }
    }

    /// About so many bytes of packs, at least one pack, drawn at random.
    record Amount(long bytes, Random random) implements PackSelection {
        @Override
        public Set<ObjectId> choose(Map<ObjectId, Long> sizes) {
            long all = sizes.values().stream().mapToLong(Long::longValue).sum();
            return draw(sizes, all == 0 ? 1 : (double) Math.min(bytes, all) / all, random);
        }
    }

    /// Packs whose last reading is longest ago; those never read come first.
    ///
    /// @param readings when packs were last read
    /// @param maxAge   only packs that were not read for so long; null for all
    /// @param budget   bytes; at least one pack is chosen if any is due
    record Oldest(Map<ObjectId, Instant> readings, @Nullable Duration maxAge, long budget, Instant now)
            implements PackSelection {
        @Override
        public Set<ObjectId> choose(Map<ObjectId, Long> sizes) {
            List<ObjectId> due = new ArrayList<>();
            for (ObjectId pack : sizes.keySet()) {
                Duration age = Duration.between(read(pack), now);
                if (maxAge == null || age.compareTo(maxAge) > 0) {
                    due.add(pack);
                }
            }
            due.sort(Comparator.comparing(this::read).thenComparing(Comparator.naturalOrder()));
            Set<ObjectId> chosen = new HashSet<>();
            long bytes = 0;
            for (ObjectId pack : due) {
                bytes += sizes.getOrDefault(pack, 0L);
                if (bytes > budget && !chosen.isEmpty()) {
                    break;
                }
                chosen.add(pack);
            }
            return chosen;
        }

        private Instant read(ObjectId pack) {
            return readings.getOrDefault(pack, Instant.EPOCH);
        }
    }

    private static Set<ObjectId> draw(Map<ObjectId, Long> sizes, double share, Random random) {
        List<ObjectId> packs = new ArrayList<>(sizes.keySet());
        Collections.sort(packs);
        Collections.shuffle(packs, random);
        int count = (int) Math.min(packs.size(), Math.max(1, (long) (packs.size() * share)));
        return Set.copyOf(packs.subList(0, count));
    }
}
