package dev.barnabas.broker.internal.config;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What a property's value must satisfy beyond its type. */
sealed interface Check {

    /** Whether {@code value}, already of the property's type, is allowed. */
    boolean allows(Object value);

    /** What is allowed, to follow "expected: ". */
    String expected();

    /** Everything of the type. */
    Check ANY = new Any();

    /** Not the empty text or list. */
    Check NOT_EMPTY = new NotEmpty();

    /** -1 (the codec's own default) or 1 to 9. */
    Check GZIP_LEVEL = new GzipLevel();

    /** {@code *}, or pairs {@code partition:broker}. */
    Check THROTTLED_REPLICAS = new ThrottledReplicas();

    /** {@code latest}, {@code earliest} or {@code by_duration:} and an ISO-8601 duration (KIP-1106). */
    Check OFFSET_RESET = new OffsetReset();

    /** Pairs {@code selector=pattern} (KIP-714). */
    Check CLIENT_MATCH = new ClientMatch();

    /** Pairs {@code host:count}. */
    Check CONNECTION_OVERRIDES = new ConnectionOverridesCheck();

    static Check atLeast(double min) {
        return new Range(min, Double.MAX_VALUE);
    }

    static Check between(double min, double max) {
        return new Range(min, max);
    }

    /** One of these; for a list, each element. */
    static Check oneOf(String... values) {
        return new OneOf(List.of(values), false);
    }

    static Check oneOfIgnoringCase(String... values) {
        return new OneOf(List.of(values), true);
    }

    record Any() implements Check {
        @Override
        public boolean allows(Object value) {
            return true;
        }

        @Override
        public String expected() {
            return "any";
        }
    }

    record Range(double min, double max) implements Check {
        @Override
        public boolean allows(Object value) {
            double number = ((Number) value).doubleValue();
            return number >= min && number <= max;
        }

        @Override
        public String expected() {
            return max == Double.MAX_VALUE ? "at least " + number(min) : number(min) + " to " + number(max);
        }

        private static String number(double value) {
            return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        }
    }

    record OneOf(List<String> values, boolean ignoreCase) implements Check {
        @Override
        public boolean allows(Object value) {
            if (value instanceof List<?> list) {
                return values.containsAll(list);
            }
            return ignoreCase ? values.stream().anyMatch(((String) value)::equalsIgnoreCase) : values.contains(value);
        }

        @Override
        public String expected() {
            return String.join(", ", values);
        }
    }

    record NotEmpty() implements Check {
        @Override
        public boolean allows(Object value) {
            return value instanceof List<?> list ? !list.isEmpty() : !((String) value).isEmpty();
        }

        @Override
        public String expected() {
            return "not empty";
        }
    }

    record GzipLevel() implements Check {
        @Override
        public boolean allows(Object value) {
            int level = (Integer) value;
            return level == -1 || (level >= 1 && level <= 9);
        }

        @Override
        public String expected() {
            return "1 to 9, or -1";
        }
    }

    record ThrottledReplicas() implements Check {
        @Override
        public boolean allows(Object value) {
            var replicas = (List<?>) value;
            return replicas.equals(List.of("*"))
                    || replicas.stream().allMatch(replica -> ((String) replica).matches("[0-9]+:[0-9]+"));
        }

        @Override
        public String expected() {
            return "partition:broker,partition:broker,..., or *";
        }
    }

    record OffsetReset() implements Check {
        @Override
        public boolean allows(Object value) {
            var strategy = (String) value;
            return strategy.equals("latest")
                    || strategy.equals("earliest")
                    || strategy.matches(
                            "by_duration:P(?=.)([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\\.[0-9]{1,9})?S)?)?");
        }

        @Override
        public String expected() {
            return "latest, earliest, by_duration:PnDTnHnMn.nS";
        }
    }

    record ClientMatch() implements Check {
        private static final List<String> SELECTORS = List.of(
                "client_instance_id",
                "client_id",
                "client_software_name",
                "client_software_version",
                "client_source_address",
                "client_source_port");

        @Override
        public boolean allows(Object value) {
            return ((List<?>) value).stream().allMatch(pair -> isSelector((String) pair));
        }

        private static boolean isSelector(String pair) {
            int equals = pair.indexOf('=');
            if (equals < 0 || !SELECTORS.contains(pair.substring(0, equals).trim())) {
                return false;
            }
            try {
                Pattern.compile(pair.substring(equals + 1).trim());
                return true;
            } catch (PatternSyntaxException e) {
                return false;
            }
        }

        @Override
        public String expected() {
            return "selector=pattern,..., with a selector of " + String.join(", ", SELECTORS);
        }
    }

    record ConnectionOverridesCheck() implements Check {
        @Override
        public boolean allows(Object value) {
            try {
                ConnectionOverrides.parse((String) value);
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        @Override
        public String expected() {
            return "host:count,host:count,...";
        }
    }
}
