// SPDX-License-Identifier: BSD-2-Clause
// The C++ library inside an image: what the language and its library ask of the system.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <locale>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <regex>
#include <shared_mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <typeinfo>
#include <vector>
#include "../guest/check.h"

using namespace std::chrono_literals;

namespace
{
int constructed_in; // by the constructor below, before main()
struct Before {
    Before() { constructed_in = 7; }
} before;

int destroyed;
struct Counted {
    ~Counted() { destroyed++; }
};

struct Base {
    virtual ~Base() = default;
    virtual int value() const { return 1; }
};
struct Left : virtual Base {
    int value() const override { return 2; }
};
struct Right : virtual Base {
};
struct Both : Left, Right {
    int value() const override { return 3; }
};

const char *constructors()
{
    EXPECT(constructed_in == 7);
    {
        Counted a, b;
    }
    EXPECT(destroyed == 2);
    static std::string lazy(100, 'x'); // guarded
    EXPECT(lazy.size() == 100);
    return NULL;
}

int thrower(int depth)
{
    Counted on_the_way;
    if (depth == 0)
        throw std::out_of_range("deep");
    return thrower(depth - 1) + 1;
}

const char *exceptions()
{
    destroyed = 0;
    try {
        thrower(50);
        return "nothing was thrown";
    } catch (const std::logic_error &e) {
        EXPECT(std::string(e.what()) == "deep" && typeid(e) == typeid(std::out_of_range));
    }
    EXPECT(destroyed == 51);
    try {
        try {
            throw 5;
        } catch (int i) {
            EXPECT(i == 5);
            std::throw_with_nested(std::runtime_error("outer"));
        }
    } catch (const std::exception &e) {
        try {
            std::rethrow_if_nested(e);
            return "not nested";
        } catch (int i) {
            EXPECT(i == 5);
        }
    }
    try {
        std::vector<int>().at(3);
        return "at() did not throw";
    } catch (const std::out_of_range &) {
    }
    try {
        char *volatile much = new char[size_t(1) << 46];
        delete[] much;
        return "64 TiB were given";
    } catch (const std::bad_alloc &) {
    }
    EXPECT(std::uncaught_exceptions() == 0);
    return NULL;
}

extern "C" int compare_throws(const void *, const void *) { throw 9; }

const char *through_c() // newlib's qsort() lies between
{
    int numbers[] = {3, 1, 2};
    try {
        qsort(numbers, 3, sizeof(int), compare_throws);
        return "nothing was thrown";
    } catch (int i) {
        EXPECT(i == 9);
    }
    return NULL;
}

const char *rtti()
{
    Both both;
    Base *base = &both;
    EXPECT(dynamic_cast<Right *>(base) == static_cast<Right *>(&both));
    EXPECT(dynamic_cast<Left *>(base)->value() == 3);
    auto plain = std::make_unique<Base>();
    EXPECT(dynamic_cast<Left *>(plain.get()) == NULL);
    EXPECT(typeid(*base) == typeid(Both) && typeid(*base) != typeid(Base));
    try {
        dynamic_cast<Both &>(*plain);
        return "a wrong cast passed";
    } catch (const std::bad_cast &) {
    }
    return NULL;
}

std::atomic<int> threads_ended;
struct OfThread {
    int value = 3;
    ~OfThread() { threads_ended += value; }
};
thread_local OfThread of_thread;

const char *thread_locals()
{
    std::vector<std::thread> threads;
    threads_ended = 0;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([i] { of_thread.value = 10 + i; });
    for (auto &t : threads)
        t.join();
    EXPECT(threads_ended == 46);
    EXPECT(of_thread.value == 3);
    return NULL;
}

const char *streams()
{
    std::ostringstream out;
    out << 42 << ' ' << std::hex << 255 << ' ' << std::setprecision(3) << 3.14159 << ' '
        << std::boolalpha << true;
    EXPECT(out.str() == "42 ff 3.14 true");
    std::istringstream in("12 0.5 word");
    int i;
    double d;
    std::string word;
    in >> i >> d >> word;
    EXPECT(i == 12 && d == 0.5 && word == "word" && in.eof());
    {
        std::ofstream file("/tmp/numbers");
        for (int n = 0; n < 1000; n++)
            file << n << '\n';
    }
    std::ifstream file("/tmp/numbers");
    long sum = 0;
    for (int n; file >> n;)
        sum += n;
    EXPECT(sum == 499500);
    EXPECT(!std::ifstream("/tmp/none"));
    std::cout << "cout " << 1.5 << std::endl;
    std::cerr << "cerr" << std::endl;
    EXPECT(std::stoi("77") == 77 && std::to_string(1.25) == "1.250000");
    return NULL;
}

const char *containers()
{
    std::vector<int> v(100000);
    std::mt19937 random(1);
    EXPECT(random() == 1791095845u); // as everywhere
    std::generate(v.begin(), v.end(), [&] { return int(random() & 0xffffff); });
    auto copy = v;
    std::sort(v.begin(), v.end());
    std::stable_sort(copy.begin(), copy.end());
    EXPECT(std::is_sorted(v.begin(), v.end()) && v == copy);
    std::map<std::string, int> words;
    std::istringstream text("a b a c b a");
    for (std::string word; text >> word;)
        words[word]++;
    EXPECT(words.size() == 3 && words["a"] == 3);
    EXPECT(std::regex_match("key=12", std::regex("[a-z]+=[0-9]+")));
    auto shared = std::make_shared<Counted>();
    std::weak_ptr<Counted> weak = shared;
    destroyed = 0;
    shared.reset();
    EXPECT(weak.expired() && destroyed == 1);
    return NULL;
}

const char *threads()
{
    std::mutex mutex;
    std::condition_variable ready;
    std::condition_variable_any any;
    std::vector<std::thread> workers;
    long sum = 0;
    int waiting = 0;
    bool go = false;
    for (int i = 0; i < 8; i++)
        workers.emplace_back([&] {
            std::unique_lock<std::mutex> lock(mutex);
            waiting++;
            ready.wait(lock, [&] { return go; });
            for (int n = 0; n < 1000; n++) {
                sum++;
                if (n % 100 == 0) {
                    lock.unlock();
                    std::this_thread::yield();
                    lock.lock();
                }
            }
        });
    for (;;) {
        std::lock_guard<std::mutex> lock(mutex);
        if (waiting == 8) {
            go = true;
            break;
        }
    }
    ready.notify_all();
    for (auto &t : workers)
        t.join();
    EXPECT(sum == 8000);
    EXPECT(std::thread::hardware_concurrency() >= 1);
    std::unique_lock<std::mutex> lock(mutex);
    EXPECT(any.wait_for(lock, 1ms) == std::cv_status::timeout);
    EXPECT(!ready.wait_for(lock, 1ms, [] { return false; }));
    std::timed_mutex timed;
    timed.lock();
    bool taken = true;
    std::thread([&] { taken = timed.try_lock_for(1ms); }).join();
    EXPECT(!taken);
    timed.unlock();
    std::shared_mutex many;
    std::shared_lock<std::shared_mutex> reader(many);
    EXPECT(many.try_lock_shared());
    many.unlock_shared();
    EXPECT(!std::async(std::launch::async, [&] { return many.try_lock(); }).get());
    return NULL;
}

const char *futures()
{
    auto good = std::async(std::launch::async, [] { return 6 * 7; });
    auto bad =
        std::async(std::launch::async, []() -> int { throw std::runtime_error("from a thread"); });
    EXPECT(good.get() == 42);
    try {
        bad.get();
        return "nothing was thrown";
    } catch (const std::runtime_error &e) {
        EXPECT(std::string(e.what()) == "from a thread");
    }
    std::promise<std::string> promise;
    auto later = promise.get_future();
    EXPECT(later.wait_for(1ms) == std::future_status::timeout);
    std::thread([&] { promise.set_value("kept"); }).join();
    EXPECT(later.get() == "kept");
    { // a promise that nobody keeps
        std::future<int> broken = std::promise<int>().get_future();
        try {
            broken.get();
            return "a broken promise was kept";
        } catch (const std::future_error &e) {
            EXPECT(e.code() == std::future_errc::broken_promise);
        }
    }
    return NULL;
}

const char *once()
{
    std::once_flag flag;
    int runs = 0, caught = 0;
    for (int i = 0; i < 3; i++)
        try {
            std::call_once(flag, [&] {
                if (++runs < 2)
                    throw 1;
            });
        } catch (int) {
            caught++;
        }
    EXPECT(runs == 2 && caught == 1);
    std::once_flag raced;
    std::atomic<int> entered{0}, after{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++)
        threads.emplace_back([&] {
            try {
                std::call_once(raced, [&] {
                    if (++entered < 4)
                        throw 1;
                });
                after++;
            } catch (int) {
            }
        });
    for (auto &t : threads)
        t.join();
    EXPECT(entered == 4 && after == 5);
    return NULL;
}

const char *files()
{
    namespace fs = std::filesystem;
    EXPECT(fs::create_directories("/tmp/a/b/c") && fs::is_directory("/tmp/a/b"));
    std::ofstream("/tmp/a/one") << "12345";
    std::ofstream("/tmp/a/b/two") << "1234567";
    EXPECT(fs::file_size("/tmp/a/one") == 5 && fs::exists("/tmp/a/b/two") &&
           !fs::exists("/tmp/a/three"));
    uintmax_t bytes = 0;
    int entries = 0;
    for (const auto &entry : fs::recursive_directory_iterator("/tmp/a")) {
        entries++;
        if (entry.is_regular_file())
            bytes += entry.file_size();
    }
    EXPECT(entries == 4 && bytes == 12);
    fs::rename("/tmp/a/one", "/tmp/a/first");
    fs::copy_file("/tmp/a/first", "/tmp/a/second");
    fs::resize_file("/tmp/a/second", 2);
    EXPECT(fs::file_size("/tmp/a/second") == 2);
    fs::create_symlink("first", "/tmp/a/link");
    EXPECT(fs::read_symlink("/tmp/a/link") == "first" &&
           fs::canonical("/tmp/a/link") == "/tmp/a/first");
    fs::current_path("/tmp/a");
    EXPECT(fs::absolute("b") == "/tmp/a/b");
    fs::current_path("/");
    try {
        (void)fs::file_size("/tmp/none");
        return "nothing was thrown";
    } catch (const fs::filesystem_error &e) {
        EXPECT(e.code() == std::errc::no_such_file_or_directory);
    }
    EXPECT(fs::remove_all("/tmp/a") == 7 && !fs::exists("/tmp/a"));
    return NULL;
}

const char *clocks()
{
    auto start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(2ms);
    EXPECT(std::chrono::steady_clock::now() - start >= 2ms);
    EXPECT(std::chrono::system_clock::now().time_since_epoch() > 0s);
    EXPECT(std::locale().name() == "C" && std::toupper('a', std::locale()) == 'A');
    EXPECT(std::use_facet<std::numpunct<char>>(std::locale()).decimal_point() == '.');
    return NULL;
}

struct AtTheEnd {
    ~AtTheEnd() { std::cout << "a static's destructor" << std::endl; }
} at_the_end;
} // namespace

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"constructors", constructors},
        {"exceptions", exceptions},
        {"exceptions through C", through_c},
        {"RTTI", rtti},
        {"thread_local", thread_locals},
        {"streams", streams},
        {"containers, sort, regex", containers},
        {"threads", threads},
        {"futures", futures},
        {"call_once", once},
        {"clocks, locale", clocks},
        {"files", files},
        {NULL, NULL},
    };
    std::atexit([] { std::cout << "atexit" << std::endl; });
    return run_checks(rows, argc, argv);
}
