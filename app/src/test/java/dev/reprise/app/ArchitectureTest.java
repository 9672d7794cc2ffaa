package dev.reprise.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The arrows of docs/architecture.md.
class ArchitectureTest {
    private static final JavaClasses REPRISE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.reprise");
    private static final List<String> MODULES = List.of(
            "base",
            "storage",
            "serve",
            "repository",
            "sources",
            "operations",
            "mount",
            "recovery",
            "config",
            "embedded",
            "cli",
            "demo",
            "app");

    @Test
    void every_module_is_looked_at() {
        List<String> seen = REPRISE.stream()
                .map(type -> type.getPackageName().split("\\.", -1)[2])
                .distinct()
                .sorted()
                .toList();
        // Modules still without classes are no loss, unknown ones are: nothing would hold them to the arrows.
        assertThat(MODULES).containsAll(seen);
        assertThat(seen).contains("base", "storage", "repository", "sources", "operations", "config", "cli", "app");
    }

    @ParameterizedTest(name = "{0} uses only {1}")
    @CsvSource(delimiter = '|', textBlock = """
            base       |
            storage    | base
            serve      | base storage
            repository | base storage
            sources    | base
            operations | base storage repository sources
            mount      | base storage repository sources operations
            recovery   | base storage repository sources operations
            config     | base
            embedded   | base
            cli        | base storage serve repository sources operations mount recovery config
            demo       | base storage serve repository sources operations mount recovery config embedded cli
            """)
    void a_module_uses_only_modules_below_it(String module, String below) {
        List<String> allowed = below == null ? List.of() : Arrays.asList(below.split(" ", -1));
        String[] forbidden = MODULES.stream()
                .filter(other -> !other.equals(module) && !allowed.contains(other))
                .map(other -> "dev.reprise." + other + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("dev.reprise." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .allowEmptyShould(true)
                .check(REPRISE);
    }

    /// Kinds of places bring libraries along; who uses the contract must not load them.
    @Test
    void only_the_wiring_knows_the_kinds_of_places() {
        for (String kind : List.of("rest", "s3", "gcs", "azure", "sftp")) {
            noClasses()
                    .that()
                    .resideOutsideOfPackages("dev.reprise.storage." + kind + "..", "dev.reprise.app..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.reprise.storage." + kind + "..")
                    .check(REPRISE);
        }
    }

    @Test
    void packages_form_no_cycle() {
        slices().matching("dev.reprise.(**)").should().beFreeOfCycles().check(REPRISE);
    }

    @Test
    void only_what_talks_to_people_prints() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.reprise.cli..", "dev.reprise.demo..", "dev.reprise.app..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("work reports events; others decide how to show them")
                .check(REPRISE);
    }

    @Test
    void time_comes_in_through_constructors() {
        var rule = noClasses()
                .that()
                .resideOutsideOfPackages("dev.reprise.app..", "dev.reprise.embedded..")
                .should()
                .callMethod(System.class, "currentTimeMillis");
        for (Class<?> clock : Stream.of(
                        Instant.class, LocalDate.class, LocalDateTime.class, OffsetDateTime.class, ZonedDateTime.class)
                .toList()) {
            rule = rule.orShould().callMethod(clock, "now");
        }
        rule.orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Clock.class, "systemDefaultZone")
                .orShould()
                .callMethod(InstantSource.class, "system")
                .check(REPRISE);
    }
}
